"""Every transcript in this folder is played with the trained bot, sentence by sentence."""

from __future__ import annotations

import pytest
from transcripts import Answer as Heard
from transcripts import BadTranscriptError, Talk, Transcript, all_transcripts, judge, load


def play(bot, loop, transcript: Transcript) -> list[str]:
    """Complaints, each with the sentence it is about and what came."""
    from bot.channels.tokens import Identity, visitor

    who = (
        visitor(transcript.name)
        if transcript.customer is None
        else Identity(transcript.customer, anonymous=False, session=transcript.name)
    )
    talk, wrong = Talk(bot.store.catalogue.snapshot().products), []
    for number, step in enumerate(transcript.steps, start=1):
        message = step.said
        if message is None:
            button = talk.last.button(step.pressed) if talk.last else None
            if button is None:
                there = [b["title"] for b in talk.last.buttons] if talk.last else []
                wrong.append(f"第 {number} 句 {step.shown}：上一条回复没有这个按钮，有 {there}")
                continue
            message = button["payload"]
        answer = Heard(loop.run_until_complete(bot.conversations.turn(who, message, "test")))
        complaints = judge(step.expected, answer, talk)
        wrong += [f"第 {number} 句 {step.shown}：{why}\n    答的是：{answer.text}" for why in complaints]
        talk.took(answer)
    return wrong


@pytest.mark.parametrize("transcript", all_transcripts(), ids=lambda t: f"{t.name}：{t.about}")
def test_transcript(bot, loop, transcript: Transcript):
    wrong = play(bot, loop, transcript)
    assert not wrong, "\n".join(wrong)


def test_a_misspelt_transcript_is_refused(tmp_path):
    path = tmp_path / "x.yml"
    path.write_text("讲的是: x\n顾客: C1\n对话: [{客户: 你好, 知客: {说道: [好]}}]", encoding="utf-8")
    with pytest.raises(BadTranscriptError, match="说道"):
        load(path)
