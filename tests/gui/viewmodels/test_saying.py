"""What the engine says, in the language of the window."""

import pytest

from gui.i18n import Language, Translation
from gui.protocol import Failure
from gui.viewmodels.saying import choice_words, listed, said, trouble


@pytest.fixture
def chinese(qapp):
    translation = Translation(qapp)
    translation.use(Language.CHINESE)
    yield
    translation.use(Language.ENGLISH)


def test_that_the_engine_s_own_language_is_left_alone(qapp):
    assert said("there is no device 'pi5'") == "there is no device 'pi5'"
    assert trouble(Failure("x", "it is not there", "look for it")) == "it is not there; look for it"
    assert listed(["The worker crashed.", "The window is fine."]) == "The worker crashed. The window is fine."
    assert choice_words("per-channel") == "per-channel"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("excluded by the recipe", "被配方排除"),
        ("there is no device 'pi5'", "没有设备“pi5”"),
        ("pi5: no answer (port 22)", "pi5：无响应（端口 22）"),
        ("accuracy loss is 1.2, the limit is 1 points", "准确率损失为 1.2，限制为 1 百分点"),
        ("packed size within 90,000 bytes", "打包大小不超过 90,000 字节"),
        ("the only one within the limits: 0.31 ms", "唯一在限制之内的：0.31 ms"),
        ("step 2: static-quantization needs calibration samples", "第 2 步：static-quantization needs calibration samples"),
        ("step 2: give --data", "第 2 步：请给出 --data"),
        ("memory was swapped; the board throttled", "内存发生了交换；板卡降频了"),
        ("energy of power:ina rejected: the power sensor stands still", "power:ina 的能耗不可信：功率传感器没有变化"),
        ("write a list of {technique: ID, knobs: {NAME: VALUE}}; techniques are listed by: flyweight techniques",
         "请写成 {technique: ID, knobs: {NAME: VALUE}} 的列表；技术可用 flyweight techniques 列出"),
        ("something nobody knows", "something nobody knows"),
        ("", ""),
    ],
)  # fmt: skip
def test_that_a_sentence_is_known_by_what_is_fixed_in_it(chinese, text, expected):
    assert said(text) == expected


def test_that_the_sentence_that_says_more_exactly_what_is_meant_is_taken(chinese):
    text = "the connection to the board was lost: timed out; connecting again"
    assert said(text) == "与板卡的连接中断：timed out；重新连接"


def test_that_names_in_a_field_stay_as_they_are(chinese):
    """A device may be called like a word of the catalogue."""
    assert said("there is no device 'agent'") == "没有设备“agent”"
    assert said("agent") == "代理程序"


def test_that_message_and_remedy_are_one_line_and_choices_have_words(chinese):
    assert trouble(Failure("x", "no recipe was given", "try again")) == "没有给出配方；请重试"
    assert choice_words("per-channel") == "逐通道"


def test_that_the_arrows_of_the_engine_become_those_of_the_window(qapp):
    assert said("0% -> 13% zeros") == "0% → 13% zeros"
    assert said("governor: ondemand -> performance") == "governor: ondemand → performance"
