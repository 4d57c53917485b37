#!/usr/bin/env python3
"""Writes crates/forkpoint/src/profile/builtin/windows.signatures from public headers.

Usage: signatures.py MINGW WINE COMPILER > windows.signatures
MINGW is mingw-w64's include directory (Debian: mingw-w64-common), WINE is Wine's (libwine-dev; the
directory that holds windows/ and msvcrt/), COMPILER is that of any compiler (it holds stddef.h).
Needs the Python package libclang.
"""

import sys
import clang.cindex as clang

USER = """winsock2 ws2tcpip windows winternl shellapi shlobj shlwapi ole2 oleauto commctrl commdlg
psapi tlhelp32 dbghelp winhttp iphlpapi setupapi cfgmgr32 uxtheme dwmapi mmsystem bcrypt wincrypt
userenv imm sddl aclapi threadpoolapiset appmodel usp10 winver winspool rpc propsys xinput stdio
stdlib string wchar wctype ctype time math locale signal setjmp process io direct conio fcntl mbstring
malloc search sys/stat sys/timeb sys/utime uchar fenv inttypes""".split()
KERNEL = ["ntifs"]
NTDLL = ["windef", "winbase", "winternl"]  # Wine's own say what ntdll exports

# What the headers do not tell: of these only the sign, or whether it is zero, is meant.
SIGN = """memcmp strcmp strncmp _stricmp _strnicmp _strcmpi _memicmp strcoll _stricoll _strncoll
_strnicoll wcscmp wcsncmp _wcsicmp _wcsnicmp wcscoll _wcsicoll _wcsncoll _wcsnicoll lstrcmpA lstrcmpW
lstrcmpiA lstrcmpiW StrCmpA StrCmpW StrCmpIA StrCmpIW StrCmpNA StrCmpNW StrCmpNIA StrCmpNIW
StrCmpLogicalW CompareFileTime _mbscmp _mbsicmp _mbsncmp _mbsnicmp RtlCompareString
RtlCompareUnicodeString RtlCompareUnicodeStrings wmemcmp""".split()

# kernel32 forwards these; a relay log names where they end up.
FORWARDS = {
    "RtlAllocateHeap": "HeapAlloc", "RtlReAllocateHeap": "HeapReAlloc", "RtlFreeHeap": "HeapFree",
    "RtlSizeHeap": "HeapSize", "TpReleaseWork": "CloseThreadpoolWork",
    "TpPostWork": "SubmitThreadpoolWork", "TpWaitForWork": "WaitForThreadpoolWorkCallbacks",
    "TpReleaseTimer": "CloseThreadpoolTimer", "TpSetTimer": "SetThreadpoolTimer",
    "TpReleaseWait": "CloseThreadpoolWait", "TpSetWait": "SetThreadpoolWait",
}
FORWARDS |= {"Rtl" + name: name for name in """InitializeSListHead InterlockedPushEntrySList
InterlockedPopEntrySList InterlockedFlushSList QueryDepthSList FirstEntrySList EncodePointer
DecodePointer EncodeSystemPointer DecodeSystemPointer EnterCriticalSection LeaveCriticalSection
TryEnterCriticalSection DeleteCriticalSection SetCriticalSectionSpinCount InitializeSRWLock
AcquireSRWLockExclusive AcquireSRWLockShared ReleaseSRWLockExclusive ReleaseSRWLockShared
TryAcquireSRWLockExclusive TryAcquireSRWLockShared InitializeConditionVariable WakeConditionVariable
WakeAllConditionVariable CaptureContext RestoreContext AddVectoredExceptionHandler
RemoveVectoredExceptionHandler AddVectoredContinueHandler RemoveVectoredContinueHandler
CaptureStackBackTrace PcToFileHeader LookupFunctionEntry VirtualUnwind UnwindEx
RunOnceInitialize""".split()}

# Words that hold whatever the program puts there: a number, a handle or an address.
ANY = "ULONG_PTR LONG_PTR DWORD_PTR INT_PTR UINT_PTR WPARAM LPARAM LRESULT uintptr_t intptr_t".split()
HANDLES = "SOCKET WSAEVENT SC_HANDLE HFILE HCRYPTPROV HCRYPTKEY HCRYPTHASH SERVICE_STATUS_HANDLE".split()
WIDTH = {1: "b", 2: "w", 4: "u", 8: "q"}
HEADER = """\
# What the arguments and the result of a Windows function are, a letter each: `NAME ARGUMENTS:RESULT`.
# From the prototypes of mingw-w64's headers (v10.0.0) and, for what they lack of ntdll, of Wine's
# winternl.h (8.0), by tools/signatures.py; sorted by bytes.
#
# p pointer: an address             h handle: an object of the system
# b w u q: integers of 8, 16, 32 and 64 bits; the rest of the register is whatever was there before
# t truth: zero or not (a BOOL that is returned)         g sign: below, equal or above zero
# v nothing: no value, or one that stands in a register of floating point
# x any: a word that holds a number, a handle or an address (LPARAM, ULONG_PTR)
"""


def names(kind):
    """The typedefs that a type goes through, the outermost first."""
    while kind.kind in (clang.TypeKind.TYPEDEF, clang.TypeKind.ELABORATED):
        declaration = kind.get_declaration()
        if declaration.kind != clang.CursorKind.TYPEDEF_DECL:
            return
        yield declaration.spelling
        kind = declaration.underlying_typedef_type


def letter(kind, returned):
    aliases = list(names(kind))
    bare = kind.get_canonical()
    if bare.kind == clang.TypeKind.VOID:
        return "v"
    if any(name in HANDLES for name in aliases):
        return "h"
    if bare.kind == clang.TypeKind.POINTER:
        to = bare.get_pointee()
        opaque = to.kind == clang.TypeKind.VOID or to.get_declaration().spelling.endswith("__")
        named = any(name.endswith("HANDLE") or name.startswith("H") for name in aliases)
        return "h" if opaque and named else "p"
    if any(name in ("SIZE_T", "SSIZE_T") for name in aliases):
        return "q"
    if any(name in ANY for name in aliases):
        return "x"
    if returned and ("WINBOOL" in aliases or "BOOL" in aliases):
        return "t"
    if bare.kind in (clang.TypeKind.FLOAT, clang.TypeKind.DOUBLE, clang.TypeKind.LONGDOUBLE):
        return "v"
    if bare.kind in (clang.TypeKind.CONSTANTARRAY, clang.TypeKind.INCOMPLETEARRAY):
        return "p"
    if bare.kind == clang.TypeKind.RECORD and returned and bare.get_size() not in WIDTH:
        return None  # a hidden argument comes first
    return WIDTH.get(bare.get_size(), "p")


def signature(function):
    if function.type.kind != clang.TypeKind.FUNCTIONPROTO:
        return None
    kinds = [letter(kind, False) for kind in function.type.argument_types()]
    result = letter(function.type.get_result(), True)
    if function.spelling in SIGN:
        result = "g"
    return None if None in (*kinds, result) else "".join(kinds) + ":" + result


def functions(headers, arguments, root):
    source = "#define WIN32_NO_STATUS\n#define _WIN32_WINNT 0x0A00\n"
    source += "".join(f"#include <{name}.h>\n" for name in headers)
    unit = clang.Index.create().parse("all.c", args=arguments, unsaved_files=[("all.c", source)])
    for cursor in unit.cursor.get_children():
        file = cursor.location.file
        if cursor.kind != clang.CursorKind.FUNCTION_DECL or not file:
            continue
        if cursor.storage_class == clang.StorageClass.STATIC or not file.name.startswith(root):
            continue
        name = cursor.spelling
        inline = name.startswith(("__mingw", "__builtin", "_mm", "_Interlocked"))
        stub = name.endswith(("_Proxy", "_Stub", "_UserSize", "_UserMarshal", "_UserUnmarshal", "_UserFree"))
        if not inline and not stub and not name.endswith(("_UserSize64", "_UserMarshal64", "_UserUnmarshal64", "_UserFree64")):
            yield name, signature(cursor)


def main():
    mingw, wine, compiler = sys.argv[1:]
    target = ["-target", "x86_64-w64-windows-gnu", "-nostdinc", "-ferror-limit=0"]
    system = lambda *paths: [word for path in (*paths, compiler) for word in ("-isystem", path)]
    plain = target + system(mingw)
    passes = [
        (USER, plain, mingw),
        (USER, plain + ["-D_UCRT"], mingw),
        (KERNEL, plain + ["-I" + mingw + "/ddk"], mingw),
        (NTDLL, target + ["-D__WINESRC__"] + system(wine + "/windows", wine + "/msvcrt"), wine),
    ]
    found = {}
    for headers, arguments, root in passes:
        for name, told in functions(headers, arguments, root):
            if told:
                found.setdefault(name, told)
    for name, forwarded in FORWARDS.items():
        if forwarded in found:
            found.setdefault(name, found[forwarded])
    print(HEADER, end="")
    for name in sorted(found, key=str.encode):
        print(name, found[name])


if __name__ == "__main__":
    main()
