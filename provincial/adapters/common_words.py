"""What people put into passwords first: words, pinyin, names of this site's world, rows of keys.

Compiled for this site from habits of Chinese and English users; it is a list of *pieces*. A
password counts only by what remains without them, so ``Henan@2023``, ``woaini1314520`` and
``jiaoshi123456`` fall without each of the millions of combinations being listed.
"""

from __future__ import annotations

_WORDS = """
password passwd passw0rd pass word secret letmein welcome login logon signin user username root
admin administrator manager guest test tester testing demo default changeme change temp temporary
master super system server database hello hi iloveyou love lover baby angel princess sunshine
flower monkey dragon tiger lion eagle shadow superman batman spiderman football basketball soccer
baseball hockey computer internet network office windows linux android apple iphone huawei xiaomi
google baidu tencent wechat weixin alipay taobao jingdong qq email mail mobile phone number
summer winter spring autumn monday tuesday wednesday thursday friday saturday sunday january
february march april june july august september october november december freedom whatever nothing
money power lucky happy forever friend family mother father daddy mummy school teacher student
education training trainee province county city quota plan project china beijing shanghai henan
zhengzhou kaifeng luoyang pingdingshan anyang hebi xinxiang jiaozuo puyang xuchang luohe sanmenxia
nanyang shangqiu xinyang zhoukou zhumadian jiyuan gongyi lankao ruzhou huaxian changyuan dengzhou
yongcheng gushi luyi xincai zhejiang hangzhou yunnan puer jiangsu shandong guangdong hebei hubei
hunan anhui sichuan guangzhou shenzhen wuhan chengdu nanjing tianjin chongqing zhongguo zhonghua
jiaoyu jiaoyuju jiaoyuting jiaoshi laoshi xuesheng xuexiao xiaoxue chuzhong gaozhong daxue peixun
peixunban shengpei guopei mingshi mima denglu zhanghao guanliyuan ceshi yonghu woaini woaiwo
nihao zhufu kuaile xingfu jiankang pingan facai gongxi xinnian shengri baobei laopo laogong mama
baba erzi nver haizi pengyou aiqing meili tiankong taiyang yueliang wang zhang liu chen yang zhao
huang zhou sun zhu lin guo luo gao zheng liang xie song tang feng deng han cao zeng peng xiao
tian dong pan yuan cai jiang ding wei wenjian gongwen tongzhi anquan wangluo diannao shouji
abc abcd asd asdf zxc zxcv qwe qwer qaz wsx edc rfv tgb yhn ujm qazwsx qweasd zaq xsw poiuy
aaa bbb ccc xxx zzz 123 1234 321 456 789 147 258 369 159 357 520 1314 521 666 888 999 000 111 222
333 444 555 777 110 119 120 911 5201314 1314520 7758258 147258 147258369 159357 789456 741852
963852 112233 123321 121212 131313 123123 456456 654321 987654 102030 a1b2c3 1q2w 2w3e 3e4r 4r5t
1qaz 2wsx 3edc 4rfv q1w2 w2e3 e3r4 p@ss p@ssw0rd adm1n
密码 管理员 教育 教师 老师 学校 培训 河南 郑州 中国
"""

#: Longest first: ``jiaoyuting`` must go before ``jiaoyu`` leaves ``ting`` behind.
COMMON_WORDS: tuple[str, ...] = tuple(
    sorted({word.casefold() for word in _WORDS.split()}, key=lambda word: (-len(word), word))
)

_FORWARD = (
    "01234567890123456789",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
    "1q2w3e4r5t6y7u8i9o0p",
    "q1w2e3r4t5y6u7i8o9p0",
    "qazwsxedcrfvtgbyhnujmikolp",
    "a1b2c3d4e5f6g7h8i9j0",
)
#: Rows of neighbouring keys and letters, in both directions, and each digit repeated.
KEYBOARD_ROWS: tuple[str, ...] = (
    *_FORWARD,
    *(row[::-1] for row in _FORWARD),
    *(digit * 20 for digit in "0123456789"),
)
