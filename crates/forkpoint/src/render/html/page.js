'use strict';
(async () => {
  const $ = (id) => document.getElementById(id);
  const status = $('status'), root = $('findings');
  // Makes an element; text of a log only ever becomes a text node.
  const el = (name, props = {}, ...kids) => {
    const node = document.createElement(name);
    for (const [key, value] of Object.entries(props)) {
      if (key === 'class') node.className = value;
      else if (key.startsWith('on')) node.addEventListener(key.slice(2), value);
      else if (value !== false && value != null) node.setAttribute(key, value === true ? '' : value);
    }
    node.append(...kids.flat().filter((kid) => kid != null && kid !== false));
    return node;
  };
  const svg = (name, props = {}, ...kids) => {
    const node = document.createElementNS('http://www.w3.org/2000/svg', name);
    for (const [key, value] of Object.entries(props)) node.setAttribute(key, value);
    node.append(...kids);
    return node;
  };
  // What nobody sees or what turns text round is spelled out.
  const hidden = /[HIDDEN]/gu;
  const plain = (text) => String(text ?? '').replace(hidden, (c) => `\\u{${c.codePointAt(0).toString(16)}}`);
  const code = (text, props = {}) => el('code', props, plain(text));
  const number = (n) => Number(n).toLocaleString('en-US');

  let report;
  try {
    const packed = Uint8Array.from(atob($('forkpoint-report').textContent.trim()), (c) => c.charCodeAt(0));
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip'));
    report = JSON.parse(await new Response(stream).text());
  } catch (error) {
    status.textContent = `The data of this page cannot be unpacked: ${error}`;
    return;
  }
  const sorts = [['origin', report.origins], ['follows', report.consequences], ['known', report.known && report.known.map((known) => ({...known.finding, waiver: known}))]];
  const all = [];
  const seen = new Map();
  for (const [sort, found] of sorts) {
    (found || []).forEach((finding, place) => {
      const site = finding.sites.find((site) => site.side === 'candidate') || finding.sites[0];
      let id = site ? `${finding.class}-${site.lane}-${site.event_idx}` : `${finding.class}-${sort}-${place + 1}`;
      const times = seen.get(id) || 0;
      seen.set(id, times + 1);
      if (times) id += `-${times + 1}`;
      const lane = finding.lane != null && report.lanes[finding.lane];
      const thread = lane ? `${lane.names.reference} ↔ ${lane.names.candidate}` : site ? site.lane : '';
      const name = site ? site.name : '';
      all.push({sort, place, finding, site, id, thread, name, text: `${finding.class} ${thread} ${name} ${finding.summary}`.toLowerCase()});
    });
  }
  if (!all.length) {
    status.textContent = 'There is no finding to look at.';
    return;
  }

  // The list and its filters.
  const options = (values) => [...new Set(values)].sort().map((value) => el('option', {value}, plain(value)));
  const search = el('input', {type: 'search', size: 28, placeholder: 'function, value, words'});
  const select = (label, values) => {
    const box = el('select', {}, el('option', {value: ''}, 'all'), options(values));
    return [el('label', {}, label, box), box];
  };
  const [sortLabel, sortBox] = select('sort', all.map((item) => item.sort));
  const [classLabel, classBox] = select('class', all.map((item) => item.finding.class));
  const [threadLabel, threadBox] = select('thread', all.map((item) => item.thread));
  const [nameLabel, nameBox] = select('event', all.map((item) => item.name));
  const rows = el('ol');
  const list = el('nav', {class: 'list', 'aria-label': 'All findings'}, rows);
  const detail = el('article', {'aria-live': 'polite', tabindex: '-1'});
  const button = (text, key, action) => el('button', {type: 'button', onclick: action, title: `key ${key}`}, text);
  const help = el('dialog', {'aria-label': 'Keys'}, el('h2', {}, 'Keys'),
    el('ul', {}, [['n', 'next finding'], ['p', 'previous finding'], ['o', 'the origin that this follows from'], ['/', 'search'], ['r', 'lines as they are, or as they are compared'], ['c', 'copy as Markdown'], ['?', 'these keys']]
      .map(([key, what]) => el('li', {}, el('kbd', {}, key), ` ${what}`))),
    el('button', {type: 'button', onclick: () => help.close()}, 'Close'));
  const STEP = 300;
  let shown = all, current = null, raw = false, limit = STEP;

  const draw = () => {
    rows.replaceChildren(...shown.slice(0, limit).map((item) => {
      const tag = item.sort === 'origin' ? `origin ${item.place + 1}` : item.sort === 'known' ? `known ${item.place + 1}` : `follows ${from(item)}`;
      return el('li', {}, el('a', {href: `#${encodeURIComponent(item.id)}`, 'aria-current': item === current ? 'true' : null},
        el('span', {class: `tag ${item.sort}`}, tag), el('strong', {}, plain(item.finding.class)), ' ',
        el('span', {class: 'faint'}, plain(item.thread)), el('span', {class: 'what'}, plain(item.finding.summary))));
    }));
    if (shown.length > limit) {
      rows.append(el('li', {}, el('button', {type: 'button', class: 'more', onclick: () => { limit += STEP; draw(); }}, `${number(shown.length - limit)} more`)));
    }
    if (!shown.length) rows.append(el('li', {class: 'in1 faint'}, 'No finding is left; change the filters.'));
  };
  const from = (item) => item.finding.follows_from != null ? item.finding.follows_from + 1 : item.finding.follows_known != null ? `known ${item.finding.follows_known + 1}` : '';
  const filter = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    shown = all.filter((item) => (!sortBox.value || item.sort === sortBox.value)
      && (!classBox.value || item.finding.class === classBox.value)
      && (!threadBox.value || item.thread === threadBox.value)
      && (!nameBox.value || item.name === nameBox.value)
      && words.every((word) => item.text.includes(word)));
    limit = STEP;
    draw();
    status.textContent = `${number(shown.length)} of ${number(all.length)} findings. Keys: n, p, /, ?`;
  };

  // One finding.
  const place = (site) => [`thread `, code(site.lane), ` event ${site.event_idx} (`, code(`${site.file}:${site.line}`), ')'];
  const rules = new Map((report.excused || []).map((excused) => [excused.rule, excused.why]));
  // Numbers are compared without what pads them: 0000007f in a line is the value 0x7f.
  const digits = (text) => text.toLowerCase().replace(/^0x/, '').replace(/^0+(?=.)/, '');
  const marked = (text, finding, side) => {
    const differ = finding.differences.filter((d) => !d.excused_by && d[side] != null);
    const spans = [];
    for (const {field, [side]: value} of differ) {
      const bare = value.replace(/^"|"$/g, '');
      const named = ` ${field}=`;
      const at = raw ? -1 : text.indexOf(named);
      if (at >= 0) {
        const start = at + named.length;
        const next = text.slice(start).search(/ [\w.]+=/);
        spans.push([start, next < 0 ? text.length : start + next]);
      } else if (/^[0-9a-z_]+$/i.test(bare) && /[0-9]/.test(bare)) {
        for (const word of text.matchAll(/[0-9A-Za-z_]+/g)) {
          if (digits(word[0]) === digits(bare)) spans.push([word.index, word.index + word[0].length]);
        }
      } else if (bare && text.split(bare).length === 2) {
        // A text is marked where exactly one place can be meant.
        spans.push([text.indexOf(bare), text.indexOf(bare) + bare.length]);
      }
    }
    const out = [];
    let end = 0;
    for (const [from, to] of spans.sort((a, b) => a[0] - b[0])) {
      if (from < end) continue;
      out.push(plain(text.slice(end, from)), el('mark', {}, plain(text.slice(from, to))));
      end = to;
    }
    return [...out, plain(text.slice(end))];
  };
  const cell = (event, row, finding, side) => {
    if (!event) return [el('td', {class: 'n'}), el('td', {class: 'code faint'}, '—')];
    const text = raw ? event.raw : `${event.name}  ${event.canonical.replace(/ ?[^ =]+=‹left out›/g, '')}`;
    const body = row.mark === 'divergent' ? marked(text, finding, side) : plain(text);
    return [el('td', {class: 'n'}, raw ? event.line : event.event_idx), el('td', {class: 'code'}, body)];
  };
  const table = (finding) => {
    if (!finding.context.length) return el('p', {class: 'faint'}, 'What surrounds this finding is not in the report: it holds that of the first 256 of each sort.');
    const col = () => [el('col', {class: 'n'}), el('col')];
    return el('div', {class: 'scroll tall', tabindex: '0', role: 'region', 'aria-label': 'Both logs, aligned'}, el('table', {class: 'pairs'},
      el('caption', {class: 'faint'}, raw ? 'lines as they are, by line number' : 'events as they are compared, by index'),
      el('colgroup', {}, col(), col()),
      el('thead', {}, el('tr', {}, el('th', {colspan: 2, scope: 'colgroup'}, 'reference'), el('th', {colspan: 2, scope: 'colgroup'}, 'candidate'))),
      el('tbody', {}, finding.context.map((row) => el('tr', {class: row.mark}, cell(row.reference, row, finding, 'reference'), cell(row.candidate, row, finding, 'candidate'))))));
  };
  const differences = (finding) => finding.differences.length ? el('div', {class: 'scroll'}, el('table', {},
    el('thead', {}, el('tr', {}, ['field', 'reference', 'candidate', ''].map((title) => el('th', {scope: 'col'}, title)))),
    el('tbody', {}, finding.differences.map((d) => el('tr', {}, el('td', {}, code(d.field)),
      ['reference', 'candidate'].map((side) => el('td', {}, d[side] == null ? el('span', {class: 'faint'}, 'absent') : code(d[side]))),
      el('td', {}, d.excused_by ? el('details', {}, el('summary', {class: 'faint'}, 'excused by ', code(d.excused_by)), el('p', {}, plain(rules.get(d.excused_by) || ''))) : el('strong', {class: 'bad'}, 'differs'))))))) : null;
  const life = (life) => life ? [code(life.created.name), ' creates it, ', place(life.created), life.destroyed ? ['; ', code(life.destroyed.name), ' destroys it, ', place(life.destroyed)] : null].flat() : ['there is no such object'];
  const objects = (finding) => finding.objects && finding.objects.length ? [el('h3', {}, 'Objects that it names'), finding.objects.map((object) => el('details', {},
    el('summary', {}, `${object.side}: `, code(`${object.space} 0x${object.value.toString(16)}`)),
    ['reference', 'candidate'].map((side) => el('p', {class: 'in1'}, `${side}: `, life(object.lives[side])))))] : null;
  const histories = (finding) => finding.histories.length ? [el('h3', {}, 'The objects that differ'), finding.histories.map((history) => el('p', {}, `the ${history.side}'s: created by `, code(history.created.name), ', ', place(history.created),
    history.destroyed ? ['; destroyed ', place(history.destroyed)].flat() : null, history.partner ? ['; the other log has it from ', code(history.partner.name), ', ', place(history.partner)].flat() : '; the other log has no such object'))] : null;
  const messages = (finding) => finding.messages && finding.messages.length ? [el('h3', {}, 'What the logs say before that return'), el('pre', {}, finding.messages.map((message) => plain(`${message.side} ${message.line}: ${message.text}`)).join('\n'))] : null;
  const origin = (item) => item.sort === 'origin' ? item : all.find((other) => item.finding.follows_from != null ? other.sort === 'origin' && other.place === item.finding.follows_from : other.sort === 'known' && other.place === item.finding.follows_known) || item;
  const link = (item, text) => el('a', {href: `#${encodeURIComponent(item.id)}`}, text);
  const chain = (item) => {
    const first = origin(item);
    const behind = all.filter((other) => other.sort === 'follows' && other !== first && origin(other) === first);
    if (first === item && !behind.length) return null;
    const MOST = 12;
    return [el('h3', {}, 'The chain of evidence'), el('ol', {},
      el('li', {}, first === item ? el('strong', {}, 'this one') : link(first, `${first.sort} ${first.place + 1}`), ' ', plain(first.finding.summary)),
      behind.slice(0, MOST).map((other) => el('li', {}, other === item ? el('strong', {}, 'this one') : link(other, plain(other.finding.class)), ' ', plain(other.finding.summary))),
      behind.length > MOST ? el('li', {class: 'faint'}, `and ${number(behind.length - MOST)} more`) : null),
      drawing(item, first, behind)];
  };
  // Threads as lines, findings as marks on them, and an arrow from the origin to what follows from it.
  const drawing = (item, first, behind) => {
    const LANES = 10, MARKS = 60, W = 900, LEFT = 190, H = 34;
    const marks = [first, ...behind.slice(0, MARKS)].filter((other) => other.site);
    const lanes = [...new Set(marks.map((other) => other.thread))].slice(0, LANES);
    const on = marks.filter((other) => lanes.includes(other.thread));
    if (!on.length) return null;
    const order = [...on].sort((a, b) => a.site.line - b.site.line);
    const x = new Map(order.map((other, nth) => [other, LEFT + 20 + (nth * (W - LEFT - 50)) / Math.max(1, order.length - 1)]));
    const y = (other) => 30 + lanes.indexOf(other.thread) * H;
    const height = 40 + lanes.length * H;
    const count = (n, noun) => `${n} ${noun}${n === 1 ? '' : 's'}`;
    const label = `${count(on.length, 'finding')} in ${count(lanes.length, 'thread')}, in the order of the candidate's log; arrows lead from the origin to what follows from it`;
    const node = svg('svg', {viewBox: `0 0 ${W} ${height}`, width: W, height, role: 'img', 'aria-label': label},
      svg('defs', {}, svg('marker', {id: 'tip', viewBox: '0 0 8 8', refX: 7, refY: 4, markerWidth: 7, markerHeight: 7, orient: 'auto'}, svg('path', {d: 'M0,0L8,4L0,8z', class: 'c'}))));
    lanes.forEach((thread, nth) => {
      const text = svg('text', {x: 8, y: 34 + nth * H});
      text.textContent = plain(thread).slice(0, 28);
      node.append(text, svg('line', {x1: LEFT, x2: W - 10, y1: 30 + nth * H, y2: 30 + nth * H, class: 'lane'}));
    });
    for (const other of on) {
      if (other === first) continue;
      const [x1, y1, x2, y2] = [x.get(first), y(first), x.get(other), y(other)];
      const bend = y1 === y2 ? -18 : 0;
      node.append(svg('path', {class: 'arrow', 'marker-end': 'url(#tip)', d: `M${x1},${y1}Q${(x1 + x2) / 2},${(y1 + y2) / 2 + bend} ${x2 - 6},${y2}`}));
    }
    for (const other of on) {
      const title = svg('title');
      title.textContent = plain(`${other.finding.class}: ${other.finding.summary}`);
      node.append(svg('circle', {cx: x.get(other), cy: y(other), r: other === first ? 7 : 5, class: `${other === first ? 'o' : 'c'}${other === item ? ' here' : ''}`}, title));
    }
    return el('figure', {}, node, el('figcaption', {class: 'faint'}, label));
  };
  const fenced = (text) => {
    const run = Math.max(2, ...[...text.matchAll(/`+/g)].map((found) => found[0].length));
    const fence = '`'.repeat(run + 1);
    return `${fence}\n${text}\n${fence}`;
  };
  const markdown = (item) => {
    const {finding} = item;
    const lines = ['reference', 'candidate'].map((side) => {
      const events = finding.context.filter((row) => row[side]).map((row) => `${row.mark === 'divergent' ? '>' : ' '} ${row[side].line}: ${plain(row[side].raw)}`);
      return events.length ? `${side}:\n\n${fenced(events.join('\n'))}\n` : '';
    });
    const sites = finding.sites.map((site) => `- ${site.side}: thread ${plain(site.lane)} event ${site.event_idx}, ${plain(site.file)}:${site.line}`);
    return [`### ${finding.class}`, '', fenced(plain(finding.summary)), '', ...sites, '', ...lines].join('\n');
  };
  const copy = async () => {
    if (!current) return;
    const text = markdown(current);
    try {
      await navigator.clipboard.writeText(text);
      status.textContent = 'Copied as Markdown.';
    } catch {
      const box = el('textarea', {'aria-label': 'Markdown', rows: 12, cols: 80}, text);
      detail.append(box);
      box.select();
      status.textContent = 'The browser does not let a page copy by itself: the text is selected.';
    }
  };
  const show = (item, focus) => {
    current = item;
    const {finding} = item;
    const waiver = finding.waiver && el('p', {}, 'waiver ', code(finding.waiver.waiver), ': ', plain(finding.waiver.bug));
    const title = item.sort === 'follows' ? `${finding.class}, follows ${from(item)}` : `${item.sort} ${item.place + 1}: ${finding.class}`;
    detail.replaceChildren(
      el('h2', {}, title, ' ', el('span', {class: 'faint'}, 'thread ', plain(item.thread))),
      el('p', {}, plain(finding.summary)), finding.is_new ? el('p', {class: 'faint'}, 'the reference never shows this') : '', waiver || '',
      ...finding.sites.map((site) => el('p', {class: 'place'}, `${site.side} `, place(site))),
      el('div', {class: 'bar'}, button('Previous', 'p', () => step(-1)), button('Next', 'n', () => step(1)), button(raw ? 'As compared' : 'Lines as they are', 'r', toggle), button('Copy as Markdown', 'c', copy), el('a', {href: `#${encodeURIComponent(item.id)}`}, 'Link to this finding')),
      ...[differences(finding), messages(finding), table(finding), histories(finding), objects(finding), chain(item)].flat(3).filter(Boolean));
    const row = detail.querySelector('tr.divergent'), box = row && row.closest('.tall');
    if (box) box.scrollTop = row.offsetTop - (box.clientHeight - row.offsetHeight) / 2;
    for (const a of rows.querySelectorAll('a')) {
      const is = a.getAttribute('href') === `#${encodeURIComponent(item.id)}`;
      a.toggleAttribute('aria-current', is);
      if (is) a.setAttribute('aria-current', 'true');
      if (is && focus) a.scrollIntoView({block: 'nearest'});
    }
  };
  const step = (by) => {
    if (!shown.length) return;
    const at = shown.indexOf(current);
    const next = shown[Math.min(shown.length - 1, Math.max(0, at + by))];
    if (shown.indexOf(next) >= limit) { limit = shown.indexOf(next) + STEP; draw(); }
    history.replaceState(null, '', `#${encodeURIComponent(next.id)}`);
    show(next, true);
  };
  const toggle = () => { raw = !raw; if (current) show(current); };
  const byAnchor = () => {
    let id = location.hash.slice(1);
    try { id = decodeURIComponent(id); } catch { return null; }
    return all.find((item) => item.id === id);
  };
  addEventListener('hashchange', () => { const item = byAnchor(); if (item) { show(item, true); detail.focus({preventScroll: true}); } });
  addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName)) {
      if (event.key === 'Escape') event.target.blur();
      return;
    }
    const does = {n: () => step(1), p: () => step(-1), r: toggle, c: copy, o: () => current && show(origin(current), true), '/': () => search.focus(), '?': () => help.showModal()}[event.key];
    if (does) { event.preventDefault(); does(); }
  });
  search.addEventListener('input', filter);
  for (const box of [sortBox, classBox, threadBox, nameBox]) box.addEventListener('change', filter);

  root.append(el('h2', {}, `Findings (${number(all.length)})`),
    el('div', {class: 'bar', role: 'search'}, el('label', {}, 'search', search), sortLabel, classLabel, threadLabel, nameLabel, button('Keys', '?', () => help.showModal())),
    el('div', {class: 'two'}, list, detail), help);
  root.hidden = false;
  filter();
  const asked = byAnchor();
  show(asked || all[0], false);
  if (asked) detail.focus();
})();
