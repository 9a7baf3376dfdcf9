'use strict';
// Everything that comes from outside (names, reasons, server names of clients) is set as text, never as markup.

const SECOND = 1000;
const KEPT_MS = 10 * 60 * SECOND;
const WINDOW_MS = 60 * SECOND;
const EXPIRY_DAYS = 14;
// Ends that clients and endpoints chose, or that the configuration asks for. All others are marked.
const QUIET = new Set(['client-finished', 'upstream-finished', 'idle-timeout', 'operator', 'lifetime',
  'generation-drained', 'endpoint-drained', 'endpoint-removed', 'listener-removed']);

let samples = [];
let holders = [];
let token = sessionStorage.getItem('token') || '';
let failures = 0;
let asking = false;
let answered = null;

const byId = id => document.getElementById(id);

function element(name, text, className) {
  const made = document.createElement(name);
  if (text !== undefined && text !== null) made.textContent = text;
  if (className) made.className = className;
  return made;
}

const count = n => n === null || n === undefined ? '–' : n.toLocaleString('en');
const rate = n => n === null ? '–' : n >= 100 ? count(Math.round(n)) : n >= 0.05 || n === 0 ? n.toFixed(n === 0 ? 0 : 1) : '<0.1';

function bytes(n) {
  if (n === null || n === undefined) return '–';
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let unit = 0;
  while (n >= 1024 && unit < units.length - 1) {
    n /= 1024;
    unit++;
  }
  return (unit === 0 || n >= 100 ? Math.round(n) : n.toFixed(1)) + ' ' + units[unit];
}

function span(ms) {
  const s = Math.max(0, Math.round(ms / SECOND));
  if (s < 120) return s + ' s';
  if (s < 7200) return Math.round(s / 60) + ' min';
  if (s < 172800) return Math.round(s / 3600) + ' h';
  return Math.round(s / 86400) + ' d';
}

const clock = iso => iso ? new Date(iso).toLocaleTimeString('en-GB') : '–';

async function call(method, path) {
  const options = { method, cache: 'no-store', headers: token ? { Authorization: 'Bearer ' + token } : {} };
  const response = await fetch(path, options);
  const body = await response.json();
  if (response.status === 401) throw Object.assign(new Error(body.error), { unauthorized: true });
  // A refused reload has a result to be shown, and no error.
  if (!response.ok && body.error) throw new Error(body.error);
  return body;
}

function ask(title, text, yes, password) {
  const dialog = byId('ask');
  // The browser reports the end of a dialog some time after it: one that is open again has not ended.
  if (answered) answered(null);
  asking = true;
  byId('ask-title').textContent = title;
  byId('ask-text').textContent = text;
  byId('ask-yes').textContent = yes;
  byId('ask-no').hidden = yes === 'Close';
  byId('ask-label').hidden = !password;
  byId('ask-input').value = '';
  return new Promise(resolve => {
    answered = resolve;
    dialog.returnValue = 'no';
    dialog.onclose = () => {
      if (dialog.open) return;
      asking = false;
      answered = null;
      resolve(dialog.returnValue === 'yes' ? byId('ask-input').value || true : null);
    };
    dialog.showModal();
    // The harmless button first: Enter by accident changes nothing.
    (password ? byId('ask-input') : yes === 'Close' ? byId('ask-yes') : byId('ask-no')).focus();
  });
}

async function act(title, text, yes, path) {
  if (!await ask(title, text, yes)) return;
  try {
    const answer = await call('POST', path);
    if (answer.text) await ask(title, answer.text, 'Close');
  } catch (e) {
    await ask('That failed', e.message, 'Close');
  }
  poll();
}

async function reload() {
  try {
    const plan = await call('POST', '/reload?plan');
    await act('Reload the configuration?', plan.text || 'The plan has no text.', 'Reload', '/reload');
  } catch (e) {
    await ask('The configuration cannot be reloaded', e.message, 'Close');
  }
}

// The answer of about a time ago, for differences; null = there is none yet.
function before(ms) {
  const last = samples[samples.length - 1];
  for (let i = samples.length - 2; i >= 0; i--) {
    if (last.uptime_ms - samples[i].uptime_ms >= ms) return samples[i];
  }
  return samples.length > 1 ? samples[0] : null;
}

function perSecond(read, now, then) {
  if (!then) return null;
  const a = read(then);
  const b = read(now);
  return a === undefined || b === undefined ? null : Math.max(0, b - a) / ((now.uptime_ms - then.uptime_ms) / SECOND);
}

const sum = (list, read) => list.reduce((total, one) => total + read(one), 0);
const listenerOf = (sample, name) => sample.listeners.find(one => one.name === name);
const endpointOf = (sample, cluster, address) => {
  const found = sample.clusters.find(one => one.name === cluster);
  return found && found.endpoints.find(one => one.address === address);
};

function sparkline(values, label) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  const line = document.createElementNS('http://www.w3.org/2000/svg', 'polyline');
  const most = Math.max(1, ...values);
  const from = 120 - 120 * values.length / Math.max(values.length, 60);
  line.setAttribute('points', values.map((value, i) =>
    (from + (120 - from) * i / Math.max(1, values.length - 1)).toFixed(1) + ',' + (19 - 18 * value / most).toFixed(1)).join(' '));
  svg.setAttribute('viewBox', '0 0 120 20');
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', label + ', at most ' + rate(most));
  svg.append(line);
  return svg;
}

function history(read) {
  const values = [];
  const step = Math.max(1, Math.ceil(samples.length / 120));
  for (let i = step; i < samples.length; i += step) {
    const value = perSecond(read, samples[i], samples[i - step]);
    values.push(value === null ? 0 : value);
  }
  return values;
}

function fill(id, rows, empty) {
  const body = byId(id).tBodies[0];
  if (rows.length === 0) {
    const row = element('tr');
    const cell = element('td', empty, 'faint');
    cell.colSpan = byId(id).tHead.rows[0].cells.length;
    row.append(cell);
    rows = [row];
  }
  // The focus stays on the button that has it, though its row is a new one.
  const focused = document.activeElement && document.activeElement.dataset.key;
  body.replaceChildren(...rows);
  if (focused) {
    const again = [...body.querySelectorAll('button')].find(button => button.dataset.key === focused);
    if (again) again.focus();
  }
}

function row(...cells) {
  const made = element('tr');
  made.append(...cells);
  return made;
}

const number = text => element('td', text, 'n');

function button(text, key, action) {
  const made = element('button', text);
  made.type = 'button';
  made.dataset.key = key;
  made.setAttribute('aria-label', key);
  made.onclick = action;
  return made;
}

function ended(now, then, listener) {
  const cell = element('td', null, 'long');
  const old = then && listenerOf(then, listener.name);
  const ends = Object.entries(listener.closed)
    .map(([reason, n]) => [reason, n - (old && old.closed[reason] || 0)]).filter(([, n]) => n > 0 && old)
    .sort((a, b) => QUIET.has(a[0]) - QUIET.has(b[0]) || b[1] - a[1]);
  ends.forEach(([reason, n], i) => {
    if (i > 0) cell.append(', ');
    cell.append(QUIET.has(reason) ? element('span', reason + ' ' + count(n), 'faint')
      : element('span', '⚠ ' + reason + ' ' + count(n), 'doubt'));
  });
  if (ends.length === 0) cell.append(element('span', 'none', 'faint'));
  return cell;
}

function showListeners(now, then, minute) {
  fill('listeners', now.listeners.map(listener => {
    const read = sample => (listenerOf(sample, listener.name) || {}).accepted;
    const fresh = perSecond(read, now, then);
    const full = listener.connections_max > 0 ? ' / ' + count(listener.connections_max) : '';
    const chart = element('td');
    chart.append(sparkline(history(read), 'new connections a second of ' + listener.name));
    const name = element('td', listener.name);
    name.append(' ', element('span', listener.address, 'faint'));
    return row(name, element('td', listener.state, listener.state === 'open' ? 'good' : 'bad'),
      number(count(listener.connections_active) + full), number(rate(fresh)), chart, ended(now, minute, listener));
  }), 'there is no listener');
}

function endpointButton(cluster, endpoint) {
  const path = '/clusters/' + encodeURIComponent(cluster.name) + '/endpoints/' + encodeURIComponent(endpoint.address);
  const where = endpoint.address + ' of ' + cluster.name;
  if (endpoint.state === 'drained') {
    return button('Up', 'end the drain of ' + where, () => act('End the drain of ' + where + '?',
      'It gets new connections again, as its weight and its health checks allow.', 'End the drain', path + '/up'));
  }
  const others = cluster.endpoints.filter(one => one !== endpoint && one.up).length;
  return button('Drain…', 'drain ' + where, () => act('Drain ' + where + '?',
    'It gets no new connections. Its ' + count(endpoint.connections_active) + ' open connections go on until they end.\n'
    + (others === 0 ? 'No other endpoint of this cluster is up: new clients will find none.'
      : count(others) + ' other endpoints of this cluster are up.'), 'Drain', path + '/drain'));
}

function showEndpoints(now, then) {
  const rows = [];
  for (const cluster of now.clusters) {
    cluster.endpoints.forEach((endpoint, i) => {
      const read = field => sample => (endpointOf(sample, cluster.name, endpoint.address) || {})[field];
      const name = element('td', i === 0 ? cluster.name : '');
      if (i === 0 && cluster.panic) name.append(' ', element('span', '⚠ panic: health checks do not count', 'bad'));
      if (i === 0 && cluster.queued > 0) name.append(' ', element('span', count(cluster.queued) + ' wait', 'doubt'));
      const state = element('td', null, 'long');
      state.append(element('span', endpoint.up ? endpoint.state : '⚠ ' + endpoint.state,
        endpoint.up ? endpoint.state === 'up' ? 'good' : 'doubt' : 'bad'));
      if (endpoint.detail) state.append(' ', element('span', endpoint.detail, 'faint'));
      const actions = element('td', null, 'w');
      if (endpoint.state !== 'removed') actions.append(endpointButton(cluster, endpoint));
      rows.push(row(name, element('td', endpoint.address, 'w'), state, number(count(endpoint.connections_active)),
        number(rate(perSecond(read('connects'), now, then))), number(rate(perSecond(read('connect_failures'), now, then))), actions));
    });
    if (cluster.endpoints.length === 0) {
      const none = element('td', 'no endpoint', 'bad');
      none.colSpan = 6;
      rows.push(row(element('td', cluster.name), none));
    }
  }
  fill('endpoints', rows, 'there is no cluster');
}

function owners(by) {
  const parts = [['borrowed', by.borrowed], ['residue', by.residue], ['pipe', by.pipe], ['tls', by.tls],
    ...Object.entries(by.held).map(([filter, n]) => ['held by ' + filter, n]),
    ...Object.entries(by.retained).map(([filter, n]) => ['retained by ' + filter, n])];
  return parts.filter(([, n]) => n > 0).sort((a, b) => b[1] - a[1]).map(([what, n]) => what + ' ' + bytes(n)).join(', ');
}

function showHolders() {
  fill('holders', holders.filter(one => one.buffer_bytes_owned > 0).map(one => {
    const actions = element('td', null, 'w');
    actions.append(button('Close…', 'close connection ' + one.id, () => act('Close connection ' + one.id + '?',
      'Client ' + one.client + ' and endpoint ' + (one.endpoint || 'none') + ' get a reset. What was not delivered is lost.',
      'Close it', '/connections/' + one.id + '/close')));
    return row(number('#' + one.id), element('td', one.listener), element('td', one.client, 'long'),
      element('td', one.endpoint || '–', 'long'), number(bytes(one.buffer_bytes_owned)), element('td', owners(one.bytes_owned_by), 'long'), actions);
  }), 'no connection owns a buffer: nothing is waiting to be delivered');
}

function showEvents(now) {
  fill('events', now.events.slice(-12).reverse().map(event => row(element('td', clock(event.time), 'w'), element('td', event.kind),
    element('td', event.subject), element('td', event.text, 'long'))), 'nothing since the start');
}

function warnings(now) {
  const all = [...now.reasons];
  if (now.last_reload.result === 'refused') {
    all.push('The last reload, ' + clock(now.last_reload.time) + ' by ' + now.last_reload.by + ', was refused: ' + now.last_reload.text);
  }
  for (const certificate of now.certificates) {
    const left = new Date(certificate.not_after) - Date.now();
    if (left < EXPIRY_DAYS * 86400 * SECOND) {
      all.push('The certificate of ' + certificate.name + ' at listener ' + certificate.listener
        + (left < 0 ? ' has expired' : ' expires in ' + span(left)));
    }
  }
  if (now.memory.pool.waiting_now > 0) all.push(count(now.memory.pool.waiting_now) + ' sides wait for a buffer: memory.pool is used up');
  const box = byId('warnings');
  const text = all.map(one => '⚠ ' + one).join('\n');
  if (box.textContent !== text) box.textContent = text;
  box.hidden = all.length === 0;
}

function show() {
  const now = samples[samples.length - 1];
  const then = before(5 * SECOND);
  const minute = before(WINDOW_MS);
  const state = byId('state');
  const word = now.ready ? 'READY' : now.state === 'ready' ? '⚠ NOT READY' : '⚠ ' + now.state.toUpperCase();
  if (state.textContent !== word) state.textContent = word;
  state.className = now.ready ? 'good' : 'bad';
  byId('generation').textContent = 'generation ' + now.generation.number + ' since ' + clock(now.generation.since) + ' by ' + now.generation.by
    + (now.generation.alive > 1 ? ', ' + (now.generation.alive - 1) + ' older with connections' : '');
  byId('uptime').textContent = 'up ' + span(now.uptime_ms);
  byId('loops').textContent = now.loops.length + (now.loops.length === 1 ? ' loop ' : ' loops ')
    + now.loops.map(loop => Math.round(100 * (loop.busy_ratio || 0)) + ' %').join(' ');
  warnings(now);
  const accepted = sample => sum(sample.listeners, one => one.accepted);
  const failed = sample => sum(sample.listeners, one => one.failed);
  const moved = direction => sample => sum(sample.listeners, one => Object.entries(one.bytes)
    .filter(([name]) => name === direction).reduce((total, [, n]) => total + n, 0));
  const directions = Object.keys((now.listeners[0] || { bytes: {} }).bytes);
  const figures = [['connections', count(now.connections_active) + ' / ' + count(now.connections_max)],
    ['new/s', rate(perSecond(accepted, now, then))], ['failed/s', rate(perSecond(failed, now, then))],
    ...directions.map(name => [name.replaceAll('_', ' ').replaceAll('-', ' ') + '/s', bytes(perSecond(moved(name), now, then))]),
    ['buffers lent (peak)', count(now.memory.pool.buffers_borrowed) + ' (' + count(now.memory.pool.buffers_borrowed_peak) + ')'],
    ['stash used (peak)', bytes(now.memory.stash.used) + ' (' + bytes(now.memory.stash.peak) + ')']];
  byId('figures').replaceChildren(...figures.map(([name, value]) => {
    const box = element('div');
    box.append(element('dt', name), element('dd', value));
    return box;
  }));
  showListeners(now, then, minute);
  showEndpoints(now, then);
  showHolders();
  showEvents(now);
}

function lost(e) {
  failures++;
  if (failures < 2) return;
  byId('state').textContent = '⚠ NO ANSWER';
  byId('state').className = 'bad';
  byId('warnings').hidden = false;
  byId('warnings').textContent = '⚠ The server does not answer (' + e.message + '). What is shown is from before.';
}

async function poll() {
  if (asking) return;
  try {
    const overview = await call('GET', '/overview');
    if (samples.length > 0 && overview.uptime_ms < samples[samples.length - 1].uptime_ms) samples = [];
    samples.push(overview);
    while (overview.uptime_ms - samples[0].uptime_ms > KEPT_MS) samples.shift();
    holders = (await call('GET', '/connections?sort=bytes_owned&limit=5')).connections;
    failures = 0;
    if (!asking) show();
  } catch (e) {
    if (!e.unauthorized) return lost(e);
    const given = await ask('A token is needed', e.message, 'Use it', true);
    if (typeof given === 'string') {
      token = given;
      sessionStorage.setItem('token', token);
    }
  }
}

let timer = 0;
async function loop() {
  clearTimeout(timer);
  await poll();
  timer = setTimeout(loop, document.hidden ? 10 * SECOND : SECOND);
}

byId('reload').onclick = reload;
document.addEventListener('visibilitychange', () => { if (!document.hidden) loop(); });
loop();
