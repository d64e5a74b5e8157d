"""Invented people and bodies: numbers with valid checks, names of no one, addresses of nowhere."""

from __future__ import annotations

from random import Random

from normalizers.codes.arithmetic import CREDIT_ALPHABET, credit_check_character, organization_check_character, registration_check_digit
from normalizers.codes.resident import check_character

DIVISIONS = ("310115", "320102", "330106", "340104", "342301", "320583", "330782", "510107", "410105", "370202")
SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许吕张曹姜"
GIVEN = "锦泽沐宸浩轩雨桐欣妍子涵梓睿思琪佳怡俊杰志豪雪莹"
STREETS = ("桃源路", "青枫巷", "柳浪新村", "石鼓街", "云栖弄", "梅隐大道")
ETHNICITIES = ("汉族", "回族", "满族", "土家族")


def name(random: Random) -> str:
    return random.choice(SURNAMES) + "".join(random.sample(GIVEN, random.choice((1, 2, 2))))


def birth(random: Random) -> tuple[int, int, int]:
    return random.randint(1945, 2006), random.randint(1, 12), random.randint(1, 28)


def resident(random: Random, *, with_x: bool = False) -> str:
    while True:
        year, month, day = birth(random)
        body = f"{random.choice(DIVISIONS)}{year}{month:02}{day:02}{random.randint(1, 999):03}"
        number = body + check_character(body)
        if number.endswith("X") == with_x:
            return number


def old_resident(random: Random) -> str:
    while True:
        year, month, day = birth(random)
        number = f"{random.choice(DIVISIONS)}{year % 100:02}{month:02}{day:02}{random.randint(1, 999):03}"
        if 1945 <= year <= 1985 and registration_check_digit(number[:14]) != number[14]:
            return number


def residence_card(random: Random) -> str:
    year, month, day = birth(random)
    body = f"9{random.choice(('31', '32', '33'))}840{year}{month:02}{day:02}{random.randint(1, 999):03}"
    return body + check_character(body)


def old_residence_card(random: Random) -> str:
    year, month, day = birth(random)
    return f"{random.choice(('USA', 'GBR', 'JPN', 'KOR'))}3101{year % 100:02}{month:02}{day:02}{random.randint(10, 99)}"


def card(random: Random) -> str:
    body = random.choice(("622202", "621700", "622848", "955880")) + f"{random.randint(0, 10**12 - 1):012}"
    total = sum(int("0246813579"[int(d)] if place % 2 == 0 else d) for place, d in enumerate(reversed(body)))
    return body + str(-total % 10)


def mobile(random: Random) -> str:
    return f"1{random.choice('3456789')}{random.randint(0, 9)}{random.randint(0, 10**8 - 1):08}"


def landline(random: Random) -> str:
    return f"{random.choice(('021', '025', '0571', '0551'))}-{random.randint(2, 8)}{random.randint(0, 9999999):07}"


def address(random: Random) -> str:
    place = random.choice(("江苏省南京市玄武区", "浙江省杭州市西湖区", "安徽省合肥市庐阳区", "上海市浦东新区"))
    return f"{place}{random.choice(STREETS)}{random.randint(1, 999)}号{random.randint(1, 40)}幢{random.randint(101, 3304)}室"


def credit_code(random: Random) -> str:
    head = random.choice(("91", "91", "12", "51", "52", "31", "13")) + random.choice(DIVISIONS)
    while True:
        body = "".join(random.choice(CREDIT_ALPHABET) for _ in range(8)) if random.random() < 0.5 else f"{random.randint(0, 10**8 - 1):08}"
        code = head + body + organization_check_character(body)
        return code + credit_check_character(code)


def organization_code(random: Random) -> str:
    body = f"{random.randint(0, 10**8 - 1):08}"
    return f"{body}-{organization_check_character(body)}"


def registration_number(random: Random) -> str:
    body = f"{random.choice(DIVISIONS)}{random.choice('00012345')}{random.randint(0, 10**7 - 1):07}"
    return body + registration_check_digit(body)
