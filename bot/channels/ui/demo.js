// The demo chat page: one request a message, in order. No library, nothing from elsewhere; texts are only ever set as text.
"use strict";

const BASE = new URL("..", location.href).pathname.replace(/\/$/, "");
const WAIT_MS = 15000;
const $ = (id) => document.getElementById(id);
const log = $("log"), field = $("text"), picker = $("customer"), about = $("about");
let token = null, people = [], queue = Promise.resolve(), talk = 0;

function status(text) { $("status").textContent = text; }

function make(tag, className, text) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  return element;
}

function show(element) {
  log.append(element);
  log.scrollTop = log.scrollHeight;
  return element;
}

async function ask(path, options = {}) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), WAIT_MS);
  try {
    const headers = { "Content-Type": "application/json" };
    if (token) headers.Authorization = `Bearer ${token}`;
    const response = await fetch(BASE + path, { ...options, headers, signal: stop.signal });
    const body = await response.json().catch(() => ({}));
    if (!response.ok) throw new Error(body.error || `服务器回了 ${response.status}`);
    return body;
  } catch (error) {
    if (error.name === "AbortError") throw new Error("等太久了，没有回音");
    if (error instanceof TypeError) throw new Error("连不上服务器");
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

const post = (path, body) => ask(path, { method: "POST", body: JSON.stringify(body) });

function typing() {
  const row = make("div", "row typing");
  const bubble = make("div", "bubble");
  bubble.setAttribute("aria-label", "知客正在输入");
  bubble.append(make("i"), make("i"), make("i"));
  row.append(bubble);
  return show(row);
}

function rating(message) {
  const box = make("div", "rate");
  const impression = message.custom && message.custom.data && message.custom.data.impression_id;
  const rated = impression ? { impression_id: impression } : { message_id: message.message_id };
  const thanks = make("span");
  for (const [sign, value, label] of [["👍", "up", "有帮助"], ["👎", "down", "没帮助"]]) {
    const button = make("button", "", sign);
    button.type = "button";
    button.setAttribute("aria-label", label);
    button.setAttribute("aria-pressed", "false");
    button.addEventListener("click", async () => {
      try {
        await post("/feedback", { ...rated, rating: value });
        for (const other of box.querySelectorAll("button")) other.setAttribute("aria-pressed", String(other === button));
        thanks.textContent = value === "up" ? "记下了，谢谢" : "记下了，会改进";
      } catch (error) {
        thanks.textContent = error.message;
      }
    });
    box.append(button);
  }
  box.append(thanks);
  return box;
}

function choices(buttons) {
  const box = make("div", "choices");
  for (const { title, payload } of buttons) {
    const button = make("button", "", title);
    button.type = "button";
    button.addEventListener("click", () => {
      for (const other of box.querySelectorAll("button")) other.disabled = true;
      say(title, payload);
    });
    box.append(button);
  }
  return box;
}

function told(type, item, impression) {
  post("/events", { type, product_id: item.product_id, impression_id: impression }).catch(() => {});
}

// The text lists the goods for those who see no cards; beside the cards what stands around the list is enough.
function aroundTheList(text) {
  return (text || "").split("\n").filter((line) => !/^(\d+\. |\s+\S)/.test(line)).join("\n").trim();
}

function bot(message, last) {
  const row = make("div", "row");
  const data = message.custom && message.custom.data;
  const text = data && data.type === "products" ? aroundTheList(message.text) : message.text;
  if (text) row.append(make("div", "bubble", text));
  if (data && data.type === "products") row.append(goodsList(data, (type, item) => told(type, item, data.impression_id), (words) => say(words)));
  if (data && data.type === "handover") status(data.state === "queued" ? `人工排队中，第 ${data.position || 1} 位` : data.state === "connected" ? "人工客服正在接待" : "在线");
  if (message.buttons && message.buttons.length) row.append(choices(message.buttons));
  if (last && message.message_id) row.append(rating(message));
  show(row);
}

// `payload` is what a button posts; `text` is what the customer sees as having been said.
function say(text, payload) {
  const row = make("div", "row mine");
  row.append(make("div", "bubble", text));
  show(row);
  send(row, payload || text);
}

function send(row, message) {
  const mine = talk;
  queue = queue.then(async () => {
    if (mine !== talk) return;
    const waiting = typing();
    try {
      const replies = await post("/webhook", { message });
      waiting.remove();
      if (mine !== talk) return;
      replies.forEach((reply, index) => bot(reply, index === replies.length - 1));
      if ($("status").dataset.wrong) { delete $("status").dataset.wrong; status("在线"); }
    } catch (error) {
      waiting.remove();
      if (mine === talk) notSent(row, message, error.message);
    }
  });
}

function notSent(row, message, reason) {
  row.classList.add("failed");
  const note = make("div", "note", `没有发出去：${reason} `);
  note.setAttribute("role", "alert");
  const again = make("button", "", "重发");
  again.type = "button";
  again.addEventListener("click", () => {
    note.remove();
    row.classList.remove("failed");
    log.append(row);
    send(row, message);
  });
  note.append(again);
  row.append(note);
  $("status").dataset.wrong = "1";
  status("连接有问题");
  log.scrollTop = log.scrollHeight;
}

async function begin() {
  talk += 1;
  log.replaceChildren();
  token = null;
  const person = people.find((one) => one.customer_id === picker.value);
  about.textContent = person ? person.about : "";
  about.hidden = !about.textContent;
  try {
    token = (await post("/ui/demo", person ? { customer_id: person.customer_id } : {})).token;
    status("在线");
    bot({
      text: `${person && person.name ? person.name + "，" : ""}您好，我是知客。想买什么、查订单、退换货，直接说就行。`,
      buttons: ["推荐点好东西", "我的快递到哪了", "我要退货"].map((words) => ({ title: words, payload: words })),
    });
  } catch (error) {
    status("没有连上");
    const row = make("div", "row");
    row.append(make("div", "note", error.message));
    const again = make("button", "human", "重试");
    again.type = "button";
    again.addEventListener("click", start);
    row.append(again);
    show(row);
  }
}

async function start() {
  try {
    people = await ask("/ui/demo");
  } catch {
    people = [];
  }
  picker.replaceChildren(new Option("访客（没登录）", ""), ...people.map((one) => new Option(one.name || one.customer_id, one.customer_id)));
  if (people.length) picker.value = people[0].customer_id;
  await begin();
}

function grow() {
  field.style.height = "auto";
  field.style.height = Math.min(field.scrollHeight, 130) + "px";
}

$("form").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = field.value.trim();
  if (!text || !token) return;
  field.value = "";
  grow();
  say(text);
});
field.addEventListener("keydown", (event) => {
  // While an input method is composing, Enter belongs to it.
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    $("form").requestSubmit();
  }
});
field.addEventListener("input", grow);
$("human").addEventListener("click", () => { if (token) say("转人工"); });
picker.addEventListener("change", begin);
start();
