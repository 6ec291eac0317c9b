"""Chinese texts in one script: common traditional characters as their simplified forms.

Hand-made, for comparing only and never for showing: what it lacks costs a little likeness.
"""

from __future__ import annotations

import re
from typing import Final

from events.text.normalise import is_cjk

# Pairs: traditional, simplified.
_PAIRS: Final = (
    "國国際际與与為为對对將将會会學学開开關关間间問问門门時时長长張张發发後后來来東东車车馬马鳥鸟魚鱼龍龙風风飛飞"
    "機机場场電电話话說说語语請请讓让認认議议論论證证記记許许該该調调談谈講讲譯译護护變变讀读謝谢識识設设訪访訴诉"
    "詞词試试詢询評评誤误諾诺謀谋謂谓賽赛貝贝負负財财責责貨货貪贪貧贫購购貿贸費费資资賈贾賊贼賓宾賞赏賠赔賢贤質质"
    "賴赖贊赞贏赢軍军軌轨軟软較较載载輕轻輛辆輪轮輸输轉转轟轰達达違违運运過过還还這这進进遠远連连週周遊游適适選选"
    "遷迁邊边鄉乡鄰邻鄧邓鄭郑醫医釋释鐵铁銀银銅铜鋼钢錄录錢钱鍵键鎮镇鏡镜鐘钟鑽钻鎖锁針针釣钓釘钉鈴铃鉛铅銷销鋒锋"
    "錯错閉闭閃闪閣阁閱阅閩闽闆板聞闻閏闰陽阳陰阴陳陈陸陆隊队階阶險险隨随隱隐隻只雙双雖虽離离難难雲云靈灵靜静響响"
    "頁页頂顶項项順顺須须頑顽頓顿頒颁預预領领頭头頻频題题額额顏颜願愿類类顧顾顯显飯饭飲饮飽饱養养餘余館馆駐驻"
    "駕驾騎骑騙骗騰腾驅驱驗验驚惊體体髮发鬥斗鬧闹鮮鲜鯨鲸鴻鸿鵝鹅鷹鹰麗丽麥麦黃黄點点黨党齊齐齒齿龜龟亂乱亞亚產产"
    "親亲個个們们僅仅傷伤債债傾倾價价億亿儀仪優优傳传倫伦偉伟側侧備备僑侨兒儿兩两冊册決决沖冲況况凍冻凱凯劃划劉刘"
    "則则剛刚創创剝剥劇剧劍剑勁劲動动務务勝胜勞劳勢势勵励勸劝匯汇區区協协單单賣卖盧卢衛卫卻却厲厉參参叢丛吳吴員员"
    "嗎吗啟启喪丧喬乔嘗尝嚴严囑嘱圍围園园圓圆圖图團团執执堅坚報报塊块壇坛壓压壞坏壯壮聲声處处夠够夾夹奪夺奮奋婦妇"
    "媽妈嬰婴孫孙寧宁實实寫写寬宽審审宮宫寶宝尋寻導导屆届屬属層层島岛峽峡崗岗嶺岭巖岩幣币師师帥帅帶带幫帮幹干幾几"
    "庫库廠厂廣广廢废廳厅張张強强彈弹彎弯歸归當当徑径從从復复徵征憂忧懷怀態态慶庆憑凭憲宪應应戀恋戰战戲戏戶户"
    "拋抛挾挟掃扫採采揚扬換换損损搶抢擊击據据擋挡擔担擇择擁拥擴扩擺摆擬拟攔拦攜携攝摄敗败敵敌數数斷断於于無无舊旧"
    "昇升晉晋曉晓曆历歷历書书條条極极楊杨業业榮荣構构槍枪樂乐樓楼標标樣样樹树橋桥檢检權权歐欧歡欢歲岁殺杀殘残毀毁"
    "氣气漢汉湯汤溝沟滅灭滿满漁渔漸渐潔洁潛潜澤泽濟济濱滨灣湾災灾爐炉爭争爾尔牆墙牽牵狀状獄狱獨独獲获獎奖猶犹瑪玛"
    "環环現现瓊琼甌瓯畫画異异畢毕療疗瘋疯癥症盜盗盤盘監监盡尽礎础確确礦矿碼码禍祸禮礼禪禅種种稱称積积穩稳窮穷競竞"
    "筆笔節节範范築筑簡简簽签籃篮籌筹糧粮糾纠紀纪約约紅红納纳紐纽純纯紙纸級级紛纷細细終终組组結结絕绝絲丝給给統统"
    "經经綜综綠绿維维網网緊紧線线締缔練练緬缅縣县縮缩總总績绩織织繞绕繼继續续纏缠纖纤罰罚罷罢羅罗義义習习聖圣聯联"
    "職职聽听肅肃脅胁腦脑膽胆臉脸臨临臺台颱台興兴舉举艦舰蘇苏蘭兰藝艺藥药葉叶著着蔣蒋薩萨藍蓝蕭萧虧亏蟲虫衝冲補补"
    "裝装製制複复襲袭見见規规視视覺觉覽览觀观觸触訂订計计訊讯託托訓训詐诈詩诗誠诚誰谁課课諮咨譽誉豐丰貞贞貢贡貫贯"
    "趙赵趕赶跡迹踐践躍跃軸轴辦办辭辞農农遞递遙遥遜逊遺遗郵邮醜丑釀酿釐厘鈔钞鉅巨鋪铺錫锡鍋锅閥阀闊阔闖闯陣阵隕陨"
    "雜杂雞鸡霧雾韋韦韓韩頸颈顆颗飄飘駁驳駛驶騷骚魯鲁鹽盐麼么齡龄竊窃籲吁紮扎繫系係系裡里裏里註注牠它妳你佔占佈布"
    "併并慾欲捨舍捲卷沈沉準准穫获彙汇鬆松麵面儘尽藉借兇凶徹彻恆恒淚泪牀床嚮向衆众眾众勳勋啓启爲为羣群峯峰甦苏"
    "貓猫豬猪烏乌岡冈剎刹潰溃壩坝壟垄軀躯擾扰憶忆洩泄煩烦惱恼腫肿臟脏檔档槓杠趨趋輯辑滾滚濃浓湧涌溫温漿浆澱淀瘧疟礙碍穌稣窩窝籤签緻致羨羡腸肠荊荆蒼苍蓮莲蝦虾螞蚂蟻蚁衹只謠谣"
    "豎竖貼贴賦赋賤贱軋轧輾辗醬酱鍊炼鎗枪鏈链閘闸闢辟顫颤飼饲鬍胡鳴鸣鴨鸭麪面嶽岳獃呆羈羁蹤踪攏拢攬揽斂敛檯台繩绳蠻蛮賜赐"
    "奧奥俠侠倉仓偵侦傑杰儲储勻匀厭厌嚇吓墜坠墮堕奬奖姦奸嬌娇尷尴嶼屿廟庙廬庐彌弥恥耻惡恶慘惨慮虑憤愤懲惩懸悬擠挤"
    "攤摊敘叙晝昼暫暂棄弃棟栋槳桨樞枢殲歼毆殴氫氢沒没淪沦淨净渦涡測测渾浑滬沪滯滞滲渗漲涨瀏浏瀕濒煙烟煉炼熱热"
    "燈灯營营燒烧燦灿犧牺獅狮獵猎癱瘫皺皱盪荡硃朱磚砖祕秘稅税穀谷竄窜紹绍紋纹絡络綁绑綱纲緒绪編编緩缓緝缉"
    "縱纵繳缴纜缆罵骂聰聪膚肤臘腊艙舱艱艰莊庄華华萬万莖茎蓋盖薦荐蘋苹虛虚號号蝕蚀螢萤蠟蜡術术褲裤訝讶詔诏詳详"
    "誌志誕诞諜谍諸诸謊谎謹谨譴谴贖赎贓赃輔辅輿舆轄辖辯辩遼辽鄒邹醞酝鉤钩銜衔鋭锐銳锐錦锦鍾钟鏟铲鑑鉴鑒鉴闡阐"
    "陝陕隸隶靂雳頌颂頹颓顛颠颶飓饒饶駝驼驟骤骯肮髒脏鬱郁鳳凤鶴鹤鹼碱齣出齋斋壽寿夢梦寢寝屍尸嶄崭幟帜廈厦"
    "彥彦憐怜懇恳懼惧扞捍掛挂撐撑撥拨撫抚撲扑斃毙斬斩枴拐柵栅楓枫樁桩橢椭櫃柜欄栏歎叹殞殒渙涣"
    "澆浇瀋沈瀾澜灑洒爛烂牘牍獻献瑣琐畝亩疇畴瘡疮癒愈睏困矚瞩碩硕祿禄禦御籠笼緣缘緯纬縫缝繪绘缽钵罈坛翹翘聳耸"
    "膠胶舖铺蔥葱蔭荫蘿萝蛻蜕衊蔑諒谅譚谭贛赣踴踊躉趸辮辫邏逻釁衅鈕钮鈣钙銘铭鋁铝錶表鑄铸鑲镶閒闲闌阑隴陇韌韧頗颇"
)
_SIMPLE: Final = str.maketrans(
    {trad: simple for trad, simple in zip(_PAIRS[::2], _PAIRS[1::2], strict=True) if trad != simple}
)
_ONLY_TRADITIONAL: Final = frozenset(map(chr, _SIMPLE)) - frozenset(_SIMPLE.values())
_ONLY_SIMPLIFIED: Final = frozenset(_SIMPLE.values()) - frozenset(map(chr, _SIMPLE))
# Leftovers of other markup: addresses with slashes turned to dashes, and English glosses, which
# unlike names have a word in small letters ("2019 Panamanian general election").
_JUNK: Final = re.compile(
    r"\[?https?:[-/]{2}\S*(?:[^\]]*\])?|\{\{|\}\}|-\{(?:[a-z-]+:)?|\}-"
    r"|(?<![A-Za-z])(?:[A-Z][A-Za-z']*[ ,]+)*[a-z']+(?![A-Za-z0-9])(?:[ ,]+[A-Za-z']+(?![A-Za-z0-9]))*"
)
_LATIN_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9'-]+")

_NATIONS: Final = """
中国 中华人民共和国 中共|台湾 中华民国|香港|澳门|日本|韩国 大韩民国|朝鲜 北韩|蒙古|越南|泰国|缅甸|
柬埔寨|老挝 寮国|马来西亚 大马|新加坡|印尼 印度尼西亚|菲律宾|东帝汶|印度|巴基斯坦|孟加拉|斯里兰卡|
尼泊尔|不丹|马尔代夫|阿富汗|伊朗|伊拉克|叙利亚|黎巴嫩|以色列|巴勒斯坦|约旦|沙特 沙乌地阿拉伯|
也门 叶门|阿曼|卡塔尔 卡达|阿联酋|科威特|巴林|土耳其|塞浦路斯 赛普勒斯|希腊|俄罗斯 俄国|乌克兰|
白俄罗斯|摩尔多瓦|波兰|捷克|斯洛伐克|匈牙利|罗马尼亚|保加利亚|塞尔维亚|克罗地亚 克罗埃西亚|
波黑 波斯尼亚|斯洛文尼亚|马其顿|阿尔巴尼亚|科索沃|黑山|奥地利|瑞士|德国|法国|英国|爱尔兰|荷兰|
比利时|卢森堡|西班牙|葡萄牙|意大利 义大利|梵蒂冈 教廷|丹麦|瑞典|挪威|芬兰|冰岛|爱沙尼亚|拉脱维亚|
立陶宛|格鲁吉亚 乔治亚|亚美尼亚|阿塞拜疆 亚塞拜然|哈萨克|乌兹别克|吉尔吉斯|塔吉克|土库曼|埃及|
利比亚|突尼斯 突尼西亚|阿尔及利亚|摩洛哥|苏丹|南苏丹|埃塞俄比亚 衣索比亚|索马里 索马利亚|
肯尼亚 肯亚|乌干达|卢旺达 卢安达|坦桑尼亚|刚果|安哥拉|赞比亚|津巴布韦 辛巴威|莫桑比克 莫三比克|南非|
马达加斯加|尼日利亚 奈及利亚|尼日尔|乍得 查德|喀麦隆|加纳|多哥|贝宁|马里 马利|布基纳法索|塞内加尔|
冈比亚|几内亚|利比里亚|加蓬|毛里塔尼亚|加拿大|美国|墨西哥|危地马拉 瓜地马拉|洪都拉斯|萨尔瓦多|
尼加拉瓜|巴拿马|哥斯达黎加|古巴|海地|牙买加|委内瑞拉|哥伦比亚|厄瓜多尔|秘鲁|玻利维亚|智利|阿根廷|
乌拉圭|巴拉圭|巴西|澳大利亚 澳洲|新西兰 纽西兰|斐济|欧盟|联合国|北约
"""
_NATION_OF: Final = {
    name: names.split()[0] for names in _NATIONS.replace("\n", "").split("|") for name in names.split()
}
_NATION: Final = re.compile("|".join(sorted(_NATION_OF, key=len, reverse=True)))


def simplify(text: str) -> str:
    """*text* in simplified characters, a country by one name, without leftovers of other markup."""
    return _NATION.sub(lambda match: _NATION_OF[match[0]], _JUNK.sub(" ", text).translate(_SIMPLE))


def nations_in(simplified: str) -> set[str]:
    """The countries that a simplified text names, each by its first name above."""
    return {_NATION_OF[name] for name in _NATION.findall(simplified)}


def latin_names_in(simplified: str) -> set[str]:
    """Names that a Chinese text spells with Latin letters, in small letters."""
    return {name.casefold() for name in _LATIN_NAME.findall(simplified)}


def grams(simplified: str) -> set[str]:
    """The characters and pairs of neighbouring characters of the Chinese parts; figures left out."""
    found: set[str] = set()
    before = ""
    for char in simplified:
        if not is_cjk(char) or char in "零〇一二三四五六七八九十百千万亿":
            before = ""
            continue
        found.add(char)
        if before:
            found.add(before + char)
        before = char
    return found


_CONTRASTS: Final = {
    word: (f"group zh {number}", word)
    for number, row in enumerate(
        (
            ("男子", "女子"), ("单打", "双打"), ("金牌", "银牌", "铜牌"), ("半决赛", "总决赛", "预赛"),
            ("总统选举", "议会选举", "国会选举", "地方选举"),
            ("当选", "落选", "辞职", "就任"), ("宣布参选", "宣布退选"),
            ("最佳男主角", "最佳女主角", "最佳导演", "最佳影片"),
            ("地震", "洪水", "台风", "火灾", "爆炸", "空难"),
            ("开幕", "闭幕"), ("通过", "否决"), ("逮捕", "获释", "释放"),
            ("众议院", "参议院", "上议院", "下议院"), ("第一轮", "第二轮"), ("上升", "下降"),
        )
    )
    for word in row
}  # fmt: skip
_CONTRAST: Final = re.compile("|".join(sorted(_CONTRASTS, key=len, reverse=True)))


def contrasts_in(simplified: str) -> set[tuple[str, str]]:
    """Words of which two texts on one event do not have different ones, with their groups."""
    return {_CONTRASTS[word] for word in _CONTRAST.findall(simplified)}


def one_script(text: str) -> str:
    """*text* with traditional characters as their simplified forms, one for one, and nothing else changed."""
    return text.translate(_SIMPLE)


def is_traditional(text: str) -> bool | None:
    """Whether *text* is in traditional rather than simplified characters; ``None`` where nothing tells."""
    told = sum((char in _ONLY_TRADITIONAL) - (char in _ONLY_SIMPLIFIED) for char in text)
    return None if told == 0 else told > 0


_NATION_APART: Final = frozenset({"中国", "台湾", "梵蒂冈"})
_OTHER_NAME: Final = {
    name: nation
    for name, nation in _NATION_OF.items()
    if nation not in _NATION_APART and name != nation and len(name) > 1
}


def one_country(text: str) -> str:
    """*text* in simplified characters, each country by one of its names; not where they say different things.

    "中共" is no other name of China, nor "教廷" of the Vatican.
    """
    return _NATION.sub(lambda match: _OTHER_NAME.get(match[0], match[0]), text.translate(_SIMPLE))
