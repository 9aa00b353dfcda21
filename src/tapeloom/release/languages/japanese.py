"""Japanese."""

from tapeloom.release.language import Language, Noun, Season, Use
from tapeloom.release.languages.keys import split_key

_NOTES = {"C": "ハ", "D": "ニ", "E": "ホ", "F": "ヘ", "G": "ト", "A": "イ", "B": "ロ"}
_MODES = {
    "dorian": "ドリアン", "phrygian": "フリジアン", "lydian": "リディアン",
    "mixolydian": "ミクソリディアン", "locrian": "ロクリアン",
}  # fmt: skip


def _agree(adjective: str, noun: Noun) -> str:
    return f"{adjective}{noun.text}"


def _key_name(key: str) -> str:
    letter, accidental, mode = split_key(key)
    if mode in _MODES:
        return f"{letter}{accidental}{_MODES[mode]}"
    sign = {"": "", "#": "嬰", "b": "変"}.get(accidental, accidental)
    return f"{sign}{_NOTES[letter]}{'長調' if mode == 'major' else '短調'}"


def _finish(text: str) -> str:
    return text


JAPANESE = Language(
    code="ja",
    name="Japanese",
    adjectives={
        "peaceful": ("静かな", "穏やかな", "やさしい"),
        "melancholic": ("切ない", "さみしい", "もの悲しい"),
        "uplifting": ("明るい", "晴れやかな", "希望の"),
        "dreamy": ("夢のような", "ふわりとした", "ぼんやりした"),
        "nostalgic": ("懐かしい", "色あせた", "遠い"),
        "dark": ("暗い", "影のある", "深い"),
        "warm": ("あたたかい", "心地よい", "金色の"),
        "focused": ("澄んだ", "落ち着いた", "深い"),
        "playful": ("軽やかな", "楽しげな", "気ままな"),
        "romantic": ("やさしい", "甘い", "ふたりの"),
    },
    feelings={
        "peaceful": "静けさ", "melancholic": "切なさ", "uplifting": "希望", "dreamy": "夢見心地",
        "nostalgic": "懐かしさ", "dark": "薄暗がり", "warm": "ぬくもり", "focused": "集中",
        "playful": "遊び心", "romantic": "やさしさ",
    },
    nouns={
        "rain": (Noun("雨"), Noun("雨の夕方")),
        "night": (Noun("夜"), Noun("真夜中")),
        "cafe": (Noun("カフェ"), Noun("コーヒーの時間")),
        "winter": (Noun("冬の日"), Noun("雪の朝")),
        "autumn": (Noun("秋の午後"), Noun("十月")),
        "summer": (Noun("夏の夕暮れ"), Noun("七月の午後")),
        "morning": (Noun("朝"), Noun("夜明け")),
        "study": (Noun("図書館"), Noun("机の前")),
        "sleep": (Noun("眠り"), Noun("子守唄")),
        "city": (Noun("街"), Noun("路地")),
        "home": (Noun("部屋"), Noun("日曜日")),
        "fireplace": (Noun("暖炉"), Noun("山小屋")),
        "beach": (Noun("海辺"), Noun("浜辺の夕方")),
        "forest": (Noun("森"), Noun("小道")),
    },
    images={
        "rain": ("窓の雨音", "水たまりと街灯"),
        "night": ("真夜中の街灯", "屋根の上の月"),
        "cafe": ("角の席", "カップの湯気"),
        "winter": ("窓辺の雪", "はじめての霜"),
        "autumn": ("歩道の落ち葉", "色づく並木"),
        "summer": ("七月の開いた窓", "グラスの氷"),
        "morning": ("台所の朝の光", "始発の電車"),
        "study": ("灯りとノート", "閉館前の図書館"),
        "sleep": ("廊下の灯り", "ゆっくりとした波"),
        "city": ("終電のあと", "水たまりのネオン"),
        "home": ("床のレコード", "灯りのある部屋"),
        "fireplace": ("残り火", "薪と毛布"),
        "beach": ("引き潮の足あと", "潮の香り"),
        "forest": ("苔と朝の光", "松林の小道"),
    },
    places={
        "rain": "雨の中で", "night": "真夜中に", "cafe": "街角のカフェで", "winter": "雪の日に",
        "autumn": "色づく並木の下で", "summer": "夏の夕暮れに", "morning": "一日のはじまりに",
        "study": "灯りのそばで", "sleep": "眠る前に", "city": "街を見下ろして", "home": "部屋で",
        "fireplace": "暖炉のそばで", "beach": "海辺で", "forest": "森の中で",
    },
    uses={
        "study": Use("勉強用", "勉強の時間"),
        "sleep": Use("睡眠用", "おやすみの時間"),
        "work": Use("作業用", "作業の時間"),
        "relax": Use("リラックス用", "くつろぎの時間"),
        "read": Use("読書用", "読書の時間"),
        "code": Use("プログラミング用", "コードを書く夜"),
        "meditate": Use("瞑想用", "瞑想の時間"),
        "drive": Use("ドライブ用", "夜のドライブ"),
        "create": Use("創作用", "創作の時間"),
        "cook": Use("料理用", "台所の時間"),
    },
    seasons={
        "spring": Season("春", "春に"), "summer": Season("夏", "夏に"),
        "autumn": Season("秋", "秋に"), "winter": Season("冬", "冬に"),
    },
    music=("ローファイ", "ローファイ・ヒップホップ", "チルビート"),
    titles=(
        "{scene}｜{to}{music}",
        "{scene}・{music}",
        "{image}｜{to}{music}",
        "{image}・{music}",
        "【{to}BGM】{image}",
        "【{to}BGM】{scene}",
        "【{length}】{image}｜{music}",
        "【{length}】{to}{music}",
        "{title}｜{to}{music}",
        "{title}・{image}",
        "{place}聴く{music}",
        "{place}聴く{to}{music}",
        "{feeling}の{music}",
        "{session}｜{image}",
        "{session}・{music}",
        "{scene}（{key}）",
        "{season}の{session}｜{music}",
        "{season}の{music}｜{image}",
        "【{season}】{to}{music}",
        "{series} {number}｜{image}",
        "{series} {number}・{scene}",
        "{series} {number}｜{to}{music}",
        "{title}（{series} {number}）",
    ),
    hooks=(
        "{image}、やわらかなビート、急がない時間。",
        "{scene}。ゆっくりとした和音と、息をつく余白を。",
        "{place}聴きたい、少しほこりをかぶった{music}です。",
        "{feeling}をテープにそっと録りました。",
    ),
    invitations=(
        "{to}の{music}です。歌はなく、急な展開もありません。",
        "音量を下げて、そのまま流してください。{to}に作りました。",
        "流しっぱなしにできる{to}の音楽です。",
    ),
    parts={
        "intro": "イントロ", "A": "テーマ1", "A'": "テーマ1の変奏", "B": "テーマ2",
        "bridge": "ブリッジ", "breakdown": "ひと息", "outro": "アウトロ",
    },
    again="{name}（{number}回目）",
    labels={
        "chapters": "チャプター", "credits": "クレジット",
        "made_by": "作曲・制作：{artist}（{software}を使用）",
        "made": "作曲・制作：{software}",
        "seed": "テンポ {bpm} bpm、{key}",
    },
    origins={
        "rules": "制作について：プログラムが音楽の規則にしたがって作曲し、"
        "すべての音を合成しました。"
        "他のアーティストの録音は使っていません。絵も同じプログラムが描きました。",
        "model": "制作とAIの使用について：学習したモデルが作曲し、"
        "学習曲からの引用がないか確認しました。"
        "すべての音はプログラムで合成し、他のアーティストの録音は使っていません。"
        "絵も同じプログラムが描きました。",
        "borrowed": "制作について：{artist}が用意した旋律や和音をもとに、プログラムが編曲し、"
        "音を合成しました。絵も同じプログラムが描きました。",
    },
    licences={
        "all rights reserved": "© {artist} 無断転載を禁じます。",
        "cc by 4.0": "ライセンス：CC BY 4.0（{artist}の名前を示せば自由に使えます）",
        "cc by-nc 4.0": "ライセンス：CC BY-NC 4.0（{artist}の名前を示せば非営利で自由に使えます）",
        "cc0 1.0": "ライセンス：CC0 1.0（自由に使えます）",
    },
    tags=(
        "lofi", "ローファイ", "lofi hip hop", "作業用BGM", "勉強用BGM", "チルビート", "BGM",
        "リラックス", "インスト",
    ),
    lengths=("1分", "{n}分", "1時間", "{n}時間"),
    agree=_agree,
    key_name=_key_name,
    finish=_finish,
)  # fmt: skip
