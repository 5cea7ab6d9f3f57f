"""Emoji and the shop platforms' own face codes, as the short words they stand for.

The words stand in square brackets, as chat programs write them (``[怒]``): so they cannot run together with what the
customer typed, and ``[微笑]`` typed as text and 🙂 sent as a picture read the same.
"""

from __future__ import annotations

EMOJI_WORDS: dict[str, str] = {}


def _add(word: str, signs: str) -> None:
    for sign in signs.split():
        EMOJI_WORDS[sign] = f"[{word}]"


_add("怒", "😡 😠 🤬 👿 💢 😤 😾")
_add("难过", "😭 😢 😞 😔 😟 🙁 ☹ 😿 🥺 😥 😓 😣 😖 😫 😩 💔 😰 😨 😱 😦 😧")
_add("无语", "😑 😒 🙄 😐 😶 🤐 😮‍💨 🫠 😪 😬 😕 🫤")
_add("吐", "🤮 🤢")
_add("疑问", "🤔 ❓ ❔ 🤨 🧐")
_add("惊讶", "😳 😮 😯 😲 🤯 ❗ ‼ ⁉")
_add("微笑", "🙂 😊 ☺ 😌 🙃")
_add("笑", "😀 😃 😄 😁 😆 😅 😂 🤣 😸 😹 😝 😜 😛 🤪 😋")
_add("喜欢", "😍 🥰 😘 ❤ ♥ 💕 💖 💗 💓 💞 💘 🧡 💛 💚 💙 💜 🤩 😻 😚 😙 😗 🫶")
_add("赞", "👍 💯 👏 🙌 🆒 🏆 ✌ 😎")
_add("踩", "👎 🖕")
_add("好的", "👌 🆗 🫡 ✅ ☑ ✔")
_add("合十", "🙏")
_add("握手", "🤝")
_add("抱抱", "🤗 🫂")
_add("庆祝", "🎉 🎊 🥳 🎁 🎂")
_add("玫瑰", "🌹 💐 🌷 🌸 🌺")
_add("挥手", "👋")
_add("加油", "💪 ✊")
_add("心碎", "🥀")
_add("狗头", "🐶")
_add("捂脸", "🤦 🤷")
_add("求", "🥹")
_add("便便", "💩")
_add("睡", "😴 💤")
_add("再见", "🫷 🤚")
