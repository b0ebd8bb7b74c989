// SPDX-License-Identifier: Apache-2.0
// Draws /dashboard.json every two seconds. All texts from Sluice are set as text, never as HTML.
"use strict";

const PERIOD = 2000;
/** The shortest time that a chart shows, in milliseconds. */
const LEAST = 60e3;
const SVG = "http://www.w3.org/2000/svg";
const find = id => document.getElementById(id);
let paused = false;
let chartCount = 0;

// ---- small tools

function html(name, properties, ...children) {
  const element = document.createElement(name);
  Object.assign(element, properties);
  element.append(...children.filter(child => child !== null));
  return element;
}

function svg(name, attributes, ...children) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) {
    element.setAttribute(key, value);
  }
  element.append(...children);
  return element;
}

function count(value) {
  if (value === null || value === undefined) return "–";
  if (value >= 1e6) return (value / 1e6).toFixed(1) + " M";
  if (value >= 1e4) return (value / 1e3).toFixed(1) + " k";
  return value >= 10 || Number.isInteger(value) ? Math.round(value).toLocaleString("en") : value.toFixed(1);
}

/** Milliseconds for people. */
function span(ms) {
  if (ms === null || ms === undefined) return "–";
  if (ms === 0) return "0 ms";
  if (ms < 1) return Math.round(ms * 1000) + " µs";
  if (ms < 1000) return (ms < 10 ? ms.toFixed(1) : Math.round(ms)) + " ms";
  if (ms < 60e3) return (ms / 1000).toFixed(1) + " s";
  const minutes = Math.floor(ms / 60e3);
  if (minutes < 60) return minutes + " min";
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? hours + " h " + (minutes % 60) + " min" : Math.floor(hours / 24) + " days";
}

function clock(at, withMillis) {
  const date = new Date(at);
  const day = date.toDateString() === new Date().toDateString() ? "" : date.toISOString().slice(0, 10) + " ";
  const millis = withMillis ? "." + String(date.getMilliseconds()).padStart(3, "0") : "";
  return day + date.toTimeString().slice(0, 8) + millis;
}

function moment(at, withMillis) {
  return html("time", { dateTime: new Date(at).toISOString() }, clock(at, withMillis));
}

function words(name) {
  return name.replaceAll("_", " ");
}

/** Names of Sluice's own, such as [NAMED_LOCK], as words. */
function plain(name) {
  return words(name).replace(/[[\]]/g, "").toLowerCase();
}

function cell(content, className) {
  return html("td", { className: className || "" }, content);
}

/** Sets a text only if it is another one, so that screen readers and selections are left in peace. */
function tell(element, text) {
  if (element.textContent !== text) {
    element.textContent = text;
  }
}

// ---- head

function head(state) {
  const status = find("status");
  let text = "Ready";
  let level = "";
  if (!state.accepting) {
    [text, level] = ["Lets nobody in: it starts or stops", "bad"];
  } else if (state.source === "") {
    [text, level] = ["No source: writes wait. " + state.note, "bad"];
  } else {
    const away = state.servers.filter(server => !server.online).length;
    const behind = state.servers.filter(server => server.online && server.role !== "source" && server.lag === null).length;
    if (away + behind > 0) {
      text = "Ready; " + [away ? away + (away === 1 ? " server is" : " servers are") + " away" : "",
        behind ? behind + " of unknown lag" : ""].filter(Boolean).join(", ");
      level = "warn";
    }
  }
  tell(status, text);
  status.className = "status " + level;
  tell(find("facts"), state.version + ", up " + span(state.now - state.startedAt) + ", "
    + state.clients + (state.clients === 1 ? " client" : " clients"));
}

// ---- the picture of the servers

function serverState(server) {
  if (!server.online) return "away";
  if (server.role === "source") return "takes writes";
  if (server.lag === null) return "lag unknown, no reads";
  return "serves reads";
}

function picture(state) {
  const servers = [...state.servers].sort((a, b) =>
    (b.role === "source") - (a.role === "source") || b.online - a.online || a.address.localeCompare(b.address));
  const step = 92;
  const height = Math.max(1, servers.length) * step + 16;
  const middle = height / 2;
  const total = servers.reduce((sum, server) => sum + server.rate, 0);
  const drawing = svg("svg", { viewBox: "0 0 980 " + height, role: "img", "aria-labelledby": "picture-title" });
  drawing.append(svg("title", { id: "picture-title" },
    state.clients + " clients, Sluice, and " + servers.length + " servers: " + servers.map(server =>
      server.role + " " + server.address + " " + serverState(server) + ", " + count(server.rate) + " statements a second"
      + (server.role !== "source" && server.lag !== null ? ", " + span(server.lag) + " behind" : "")).join("; ")));

  const pipe = (path, rate, kind) => {
    const width = 1.5 + Math.min(12, 2 * Math.log10(1 + rate));
    drawing.append(svg("path", { d: path, class: "pipe " + kind, "stroke-width": width.toFixed(1) }));
    if (rate > 0.05) {
      drawing.append(svg("path", { d: path, class: "flow" }));
    }
  };
  pipe(`M150 ${middle} L300 ${middle}`, total, "to-source");
  servers.forEach((server, index) => {
    const y = index * step + 8 + 38;
    const kind = !server.online ? "to-down" : server.role === "source" ? "to-source" : "to-replica";
    pipe(`M430 ${middle} C 510 ${middle} 500 ${y} 590 ${y}`, server.rate, kind);
    if (server.role === "replica" && server.online && servers[0].role === "source") {
      drawing.append(svg("path", { d: `M965 46 C 982 46 982 ${y} 965 ${y}`, class: "replication" }));
    }
  });

  const box = (x, y, width, boxHeight, kind) =>
    drawing.append(svg("rect", { x, y, width, height: boxHeight, rx: 9, class: "box " + kind }));
  const label = (x, y, text, kind, anchor) => {
    const element = svg("text", { x, y, class: kind || "", "text-anchor": anchor || "start" });
    element.textContent = text;
    drawing.append(element);
  };
  box(20, middle - 34, 130, 68, "");
  label(85, middle - 4, count(state.clients), "strong", "middle");
  label(85, middle + 16, state.clients === 1 ? "client" : "clients", "small", "middle");
  box(300, middle - 34, 130, 68, "");
  label(365, middle - 4, "Sluice", "strong", "middle");
  label(365, middle + 16, count(total) + "/s", "small", "middle");

  servers.forEach((server, index) => {
    const y = index * step + 8;
    box(590, y, 375, 76, !server.online ? "is-down" : "is-" + server.role);
    label(604, y + 23, server.address, "strong");
    label(951, y + 23, server.online ? server.role : "away", server.online ? server.role + " strong" : "bad strong", "end");
    const lag = server.role === "source" || server.lag === null ? "" : ", " + span(server.lag) + " behind";
    label(604, y + 44, count(server.rate) + "/s" + (server.online ? lag : ""), "");
    label(951, y + 44, server.limit === undefined ? "" : server.leased + " of " + server.limit + " connections used"
      + (server.waiting ? ", " + server.waiting + " wait" : ""), server.waiting ? "warn" : "small", "end");
    const note = server.note || (server.slowness > 1.5 ? "answers " + server.slowness.toFixed(1) + " times as slowly as others" : serverState(server));
    label(604, y + 64, note.length > 58 ? note.slice(0, 57) + "…" : note, server.note ? "small warn" : "small");
  });
  find("picture").replaceChildren(drawing);

  find("servers").replaceChildren(...servers.map(server => html("tr", {},
    html("th", { scope: "row" }, server.address), cell(server.role), cell(serverState(server)),
    cell(server.role === "source" ? "–" : span(server.lag), "n"), cell(count(server.rate), "n"),
    cell(server.limit === undefined ? "–" : server.leased + ", " + server.open + ", " + server.limit, "n"),
    cell(count(server.waiting), "n"), cell(server.version), cell(server.note))));
}

// ---- charts

/** A round number at least as large, for an axis. */
function ceiling(value) {
  const power = Math.pow(10, Math.floor(Math.log10(Math.max(value, 1e-3))));
  return [1, 2, 5, 10].map(factor => factor * power).find(candidate => candidate >= value * 0.999);
}

function chart(target, state, layers, most, unit, description) {
  const [width, height, left, bottom, top] = [640, 210, 58, 24, 10];
  const at = state.history.at;
  const end = state.now;
  const length = Math.min(state.history.interval * state.history.kept, Math.max(LEAST, end - (at[0] || end)));
  const x = time => left + (width - left - 8) * (1 - (end - time) / length);
  const limit = ceiling(most);
  const y = value => top + (height - top - bottom) * (1 - Math.min(value, limit) / limit);
  const title = "chart-title-" + chartCount++;
  const drawing = svg("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-labelledby": title },
    svg("title", { id: title }, description));
  for (const share of [0, 0.5, 1]) {
    drawing.append(svg("line", { x1: left, x2: width - 8, y1: y(limit * share), y2: y(limit * share), class: "grid" }));
    const text = svg("text", { x: left - 8, y: y(limit * share) + 4, class: "small", "text-anchor": "end" });
    text.textContent = unit(limit * share);
    drawing.append(text);
  }
  for (const third of [3, 2, 1, 0]) {
    const ago = length * third / 3;
    const text = svg("text", { x: x(end - ago), y: height - 6, class: "small", "text-anchor": third === 0 ? "end" : third === 3 ? "start" : "middle" });
    text.textContent = third === 0 ? "now" : ago < 180e3 ? Math.round(ago / 1000) + " s ago" : Math.round(ago / 60e3) + " min ago";
    drawing.append(text);
  }
  for (const layer of layers) {
    let path = "";
    let open = false;
    const points = [];
    layer.values.forEach((value, index) => {
      if (value === null || at[index] < end - length) {
        open = false;
        return;
      }
      path += (open ? "L" : "M") + x(at[index]).toFixed(1) + " " + y(value).toFixed(1);
      open = true;
      points.push(index);
    });
    if (layer.area && points.length > 1) {
      const floor = points.slice().reverse()
        .map(index => "L" + x(at[index]).toFixed(1) + " " + y(layer.floor ? layer.floor[index] : 0).toFixed(1)).join("");
      path += floor + "Z";
    }
    if (path !== "") {
      drawing.append(svg("path", { d: path, class: layer.kind }));
    }
  }
  for (const failover of state.failovers) {
    if (failover.lostAt > end - length) {
      const mark = svg("line", { x1: x(failover.lostAt), x2: x(failover.lostAt), y1: top, y2: height - bottom, class: "mark" });
      mark.append(svg("title", {}, "source lost at " + clock(failover.lostAt)));
      drawing.append(mark);
    }
  }
  find(target).replaceChildren(drawing);
}

function last(values) {
  return values.length === 0 ? null : values[values.length - 1];
}

function charts(state) {
  const history = state.history;
  const all = history.source.map((value, index) => value + history.replicas[index]);
  const now = "Now " + count(last(history.source) || 0) + " a second on the source, " + count(last(history.replicas) || 0)
    + " on replicas, " + count(last(history.errors) || 0) + " errors. Most: " + count(Math.max(0, ...all)) + ".";
  chart("rate", state, [
    { values: history.source, kind: "area-source", area: true },
    { values: all, floor: history.source, kind: "area-replicas", area: true },
    { values: history.errors, kind: "line l-errors" },
  ], Math.max(1, ...all, ...history.errors), count, "Statements a second over the last 15 minutes. " + now);
  tell(find("rate-summary"), now);

  const times = last(history.p50) === null ? "No statement in the last two seconds."
    : "Half of the statements took at most " + span(last(history.p50)) + ", 99 of 100 at most " + span(last(history.p99)) + ".";
  chart("latency", state, ["p50", "p95", "p99"].map(name => ({ values: history[name], kind: "line l-" + name })),
    Math.max(0.1, ...history.p99.filter(value => value !== null)), span,
    "Time of a statement over the last 15 minutes. " + times);
  tell(find("latency-summary"), times);
}

// ---- lists

function story(state) {
  const list = find("story");
  const items = [...state.failovers].reverse().slice(0, 12).map(failover => {
    const open = failover.to === undefined;
    const gap = open ? state.now - failover.lostAt : failover.regainedAt - failover.lostAt;
    const ending = open ? "No source since then, for " + span(gap) + ": writes wait, then fail."
      : failover.to === failover.from ? failover.to + " is the source again after " + span(gap) + "."
      : failover.to + " is the source" + (gap > 0 ? " after " + span(gap) + "." : " at once.");
    return html("li", { className: open ? "open" : "moved" },
      html("p", {}, moment(failover.lostAt, true), html("strong", {}, failover.from + " was the source no more")),
      html("p", { className: "soft" }, failover.whyLost),
      html("p", { className: open ? "bad" : "" }, open ? null : moment(failover.regainedAt, true), ending),
      open || failover.whyRegained === failover.whyLost ? null : html("p", { className: "soft" }, failover.whyRegained));
  });
  list.replaceChildren(...(items.length ? items : [html("li", {}, "None since Sluice was started " + span(state.now - state.startedAt) + " ago.")]));
  find("events").replaceChildren(...[...state.events].reverse().map(event => html("li", {}, moment(event.at, true),
    words(event.event) + ": " + Object.entries(event.facts).filter(([name]) => name !== "topology")
      .map(([name, value]) => (name === "server" ? "" : name + " ") + value).join(", "))));
}

/** Rows stay the elements that they are, so that what is open or has the focus stays so. */
function digests(state) {
  const body = find("digests");
  const sum = state.digests.reduce((all, digest) => all + digest.sum, 0);
  const rows = new Map([...body.children].map(row => [row.dataset.key, row]));
  const wanted = state.digests.map(digest => {
    const key = [digest.digest, digest.user, digest.schema, digest.hostgroup].join("/");
    let row = rows.get(key);
    if (!row) {
      const facts = html("dl");
      row = html("tr", {}, html("td", {}, html("details", {}, html("summary", {}, html("code", {}, digest.text)), facts)),
        ...Array.from({ length: 8 }, (_, index) => cell("", index > 2 ? "n" : "")));
      row.dataset.key = key;
    }
    row.querySelector("dl").replaceChildren(...Object.entries(digest.route).filter(([name]) => name !== "digest_text")
      .flatMap(([name, value]) => [html("dt", {}, words(name)), html("dd", {}, value)]));
    [digest.route.destination || "", digest.user, digest.schema, String(digest.hostgroup), count(digest.count), span(digest.sum / digest.count),
      span(digest.max), sum > 0 ? Math.round(100 * digest.sum / sum) + " %" : "–"]
      .forEach((text, index) => tell(row.children[index + 1], text));
    row.children[1].className = digest.route.destination === "source" ? "source" : "replica";
    return row;
  });
  const same = wanted.length === body.children.length && wanted.every((row, index) => row === body.children[index]);
  if (!same && !body.contains(document.activeElement)) {
    body.replaceChildren(...wanted);
  }
}

function sessions(state) {
  const states = Object.entries(state.states).map(([name, number]) => number + " " + plain(name));
  tell(find("sessions"), (states.length ? states.join(", ") : "None") + ". " + state.pinnedSessions
    + (state.pinnedSessions === 1 ? " keeps" : " keep") + " a connection.");
  const rows = state.pinned.map(session => html("tr", {}, cell(String(session.id), "n"), cell(session.user), cell(session.client.replace(/^\//, "")),
    cell(plain(session.pins)), cell(session.backend), cell(plain(session.state)), cell(span(session.idle), "n")));
  find("pinned").replaceChildren(...(rows.length ? rows : [html("tr", {}, html("td", { colSpan: 7, className: "soft" }, "None"))]));
}

// ---- every two seconds

function draw(state) {
  chartCount = 0;
  head(state);
  picture(state);
  charts(state);
  story(state);
  digests(state);
  sessions(state);
}

async function refresh() {
  if (!paused && !document.hidden) {
    try {
      const answer = await fetch("dashboard.json", { cache: "no-store" });
      if (!answer.ok) {
        throw new Error((await answer.text()).trim());
      }
      draw(await answer.json());
    } catch (failure) {
      tell(find("status"), "Sluice does not answer this page: " + failure.message);
      find("status").className = "status bad";
    }
  }
  setTimeout(refresh, PERIOD);
}

find("pause").addEventListener("click", () => {
  paused = !paused;
  find("pause").setAttribute("aria-pressed", String(paused));
});
refresh();
