"""Phrases that medical staff would recognise as one risk: a small, explainable help to the head.

A phrase adds `LIFT` to the log-odds of its code: it can tip a doubtful case and does not overturn
a clear one. The rare codes have few labelled texts; the words come from complaint
handling, not from the data sets.
"""

from __future__ import annotations

import re

import numpy as np

from models.heads import Array
from models.prediction import RISK_CODES

# Swept on dev, five folds of thresholds: micro-F1 0.644 without, 0.632 to 0.647 at 0.5 to 1.5,
# 0.652 at 2.
LIFT = 2.0

PHRASES = {
    "patient_safety": (
        r"误诊|漏诊|医疗事故|院内感染|院感|打错针|用错药|发错药|输错血|开错刀|纱布.{0,6}(体内|肚子)"
        r"|拒诊|拒收.{0,6}(患者|病人|孕妇)|延误(病情|治疗|抢救)|术后.{0,8}(死亡|感染|瘫痪|身亡)"
        r"|(手术|输液|麻醉|治疗).{0,10}(死亡|身亡|去世|昏迷)|死在(手术台|医院)"
    ),
    "privacy_leak": (
        r"(泄露|泄漏|外泄|倒卖|贩卖|兜售|公开|晒出|偷拍).{0,12}"
        r"(隐私|病历|病案|信息|数据|资料|身份证|名单|裸照|更衣)"
        r"|(隐私|病历|病案|信息|数据|资料|身份证|名单).{0,12}(泄露|泄漏|外泄|被卖|倒卖|贩卖|兜售|被看光)"
        r"|针孔摄像|偷拍"
    ),
    "false_advertising": (
        r"虚假(宣传|广告)|违法广告|夸大(疗效|宣传)|包治|根治|无证行医|非法行医|假医生|假专家|冒充"
        r"|假冒|无(医疗|行医)?资质|资质造假|神医|神药|祖传秘方|医托"
    ),
    "product_safety": (
        r"(问题|过期|不合格|变质|发霉|假|毒|劣质)(疫苗|药|奶粉|食品|器械|口罩|胶囊)"
        r"|召回|食物中毒|异物|添加违禁|检出.{0,8}(菌|超标|违禁)|不良反应|吃出|喝出"
    ),
    "staff_misconduct": (
        r"收(受)?红包|索要红包|吃?回扣|受贿|贪污|学术(不端|造假)|论文造假|辱骂|性骚扰|猥亵|虐待|殴打"
        r"|私生活|违纪|渎职"
    ),
    "fees_fraud": (
        r"乱收费|多收费|天价|骗保|套取医保|过度(医疗|检查|治疗)|高价|黄牛|号贩子|诱导消费|拒不退|拒赔"
    ),
    "conflict": (
        r"医闹|伤医|砍伤|持刀|打砸|跳楼|坠楼|坠亡|轻生|拉横幅|堵(医院|大)?门|围堵|(殴打|暴打|掌掴).{0,6}(医生|护士)"
    ),
    "regulatory": (
        r"卫健委|药监局|市场?监管?局|医保局|约谈|立案|行政处罚|吊销|停业整(顿|改)|罚款|被罚|一审|判决"
        r"|条例|管理办法|征求意见"
    ),
    "service_complaint": (
        r"服务态度|态度(极其)?(差|恶劣)|爱答不理|推诿|踢皮球|没人接(电话)?|客服.{0,10}(不理|敷衍|没人)"
        r"|排队.{0,6}小时"
    ),
}  # fmt: skip
# The words of an obituary: who died of an illness in a hospital died of the illness. They lower
# patient_safety unless a phrase of blame stands beside them. Chosen by reading, not by a sweep.
OBITUARY = (
    r"享年|终年|讣告|病逝|一路走好|因病.{0,6}(去世|离世|逝世|辞世|走了)|医治无效|沉痛(悼念|哀悼)"
)
BLAME = r"家属|质疑|追责|讨说法|投诉|举报|涉事|赔偿|停职|医疗事故|误诊|失误|不当|未及时|延误|拒"
FALL = 3.0
_PATTERNS = [re.compile(PHRASES[code]) for code in RISK_CODES]
_OBITUARY, _BLAME = re.compile(OBITUARY), re.compile(BLAME)
_PATIENT_SAFETY = RISK_CODES.index("patient_safety")


def lift(scores: Array, text: str) -> Array:
    """Return risk scores with the log-odds moved by the phrases that occur in `text`."""
    moves = np.array([LIFT if pattern.search(text) else 0.0 for pattern in _PATTERNS])
    if not moves[_PATIENT_SAFETY] and _OBITUARY.search(text) and not _BLAME.search(text):
        moves[_PATIENT_SAFETY] = -FALL
    odds = scores / np.maximum(1.0 - scores, 1e-6) * np.exp(moves)
    return np.asarray(odds / (1.0 + odds), dtype=np.float32)
