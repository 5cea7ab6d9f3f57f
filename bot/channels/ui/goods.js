// Goods cards. A picture that the shop has not given is drawn here, by kind, so that the page asks nobody else for one.
"use strict";

// What a title says it is → the words on its picture, and a hue. Words, because not every machine has pictures for emoji.
const KINDS = [
  [/耳机|音箱/, 200], [/手机|平板|手表|手环/, 215], [/电脑|键盘|鼠标|显示器|数据线|充电/, 225], [/卫衣|T恤|外套|羽绒服|衬衫|裤|裙/, 265],
  [/运动鞋|跑鞋|靴|鞋/, 20], [/背包|箱|包/, 30], [/茶叶|茶/, 140], [/咖啡/, 25], [/奶粉|牛奶|酸奶/, 195], [/坚果|饼干|巧克力|零食/, 40],
  [/猫粮|狗粮|猫砂|猫|狗/, 45], [/绘本|笔记本|书/, 15], [/台灯|灯/, 50], [/锅|水壶|保温杯|杯|碗/, 10], [/面膜|面霜|口红|洗面奶|香水/, 330],
  [/积木|玩具/, 350], [/帐篷|瑜伽|球/, 120], [/枕|被|床|沙发|椅|桌/, 100], [/洗衣液|纸巾|纸尿裤|清洁/, 180],
];

function drawnPicture(title) {
  const [words, hue] = KINDS.find(([one]) => one.test(title)) || [/./, 172];
  const label = hue === 172 ? title.slice(0, 2) : title.match(words)[0];
  const safe = label.replace(/[^\p{L}\p{N}]/gu, "");
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 184 116"><rect width="184" height="116" fill="hsl(${hue} 45% 88%)"/>` +
    `<circle cx="150" cy="22" r="44" fill="hsl(${hue} 50% 82%)"/><text x="92" y="70" font-size="32" font-family="sans-serif" ` +
    `fill="hsl(${hue} 40% 32%)" text-anchor="middle">${safe}</text></svg>`;
  return "data:image/svg+xml," + encodeURIComponent(svg);
}

function money(price) {
  return "￥" + Number(price).toLocaleString("zh-CN", { maximumFractionDigits: 2 });
}

// A list of cards. `tell(type, item)`: something was done with an item; `ask(text)`: say this for the customer.
function goodsList(data, tell, ask) {
  const list = document.createElement("ul");
  list.className = "goods";
  data.items.forEach((item) => {
    const card = document.createElement("li");
    card.className = "card";
    const picture = document.createElement("img");
    picture.alt = "";
    picture.loading = "lazy";
    picture.src = /^(https:|data:image\/)/.test(item.image_url || "") ? item.image_url : drawnPicture(item.title);
    picture.addEventListener("error", () => { picture.src = drawnPicture(item.title); }, { once: true });
    const title = document.createElement("h2");
    title.textContent = item.title;
    const price = document.createElement("p");
    price.className = "price";
    price.textContent = money(item.price);
    const reason = document.createElement("p");
    reason.className = "reason";
    reason.textContent = item.reason || "";
    const acts = document.createElement("div");
    acts.className = "acts";
    // Putting into the cart is the bot's doing (it answers to the words), so only the click is told.
    for (const [label, type, words] of [["看看", "click", `${item.title} 怎么样？`], ["加购物车", "click", `把 ${item.title} 加到购物车`]]) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = label;
      button.setAttribute("aria-label", `${label}：${item.title}`);
      button.addEventListener("click", () => { tell(type, item); ask(words); });
      acts.append(button);
    }
    card.append(picture, title, price, reason, acts);
    list.append(card);
  });
  return list;
}
