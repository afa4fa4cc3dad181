#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Prints decimal_vectors.txt: what python's decimal module says about numbers as the service prints them.
The seed is fixed: the same file comes out each time."""
import decimal
import random

decimal.getcontext().prec = 300
random.seed(20261120)


def number():
    """Text of a JSON number with up to 28 significant digits, often of the shapes that usage and rates have."""
    shape = random.random()
    digits = random.choice([1, 2, 3, 6, 9, 12, 16, 19, 20, 22, 27, 28])
    coefficient = str(random.randrange(1, 10**digits))
    scale = random.choice([0, 1, 2, 5, 6, 9, 10, 12, 19, 20, 22, 28, 38])
    text = format(decimal.Decimal(coefficient).scaleb(-scale), 'f')
    if shape < 0.1:
        text = coefficient + random.choice(['e', 'E']) + random.choice(['-', '+', '']) + '%02d' % random.randrange(0, 10)
    elif shape < 0.2:
        text = str(random.randrange(0, 1000)) + '.' + '0' * random.randrange(1, 10)
    elif shape < 0.25:
        text = '0.' + '0' * random.randrange(1, 30) + '5'
    return ('-' if random.random() < 0.25 else '') + text


def plain(exact):
    text = format(exact, 'f')
    return text if exact else text.lstrip('-')


def value(text):
    """Without a positive exponent, which would move the digits behind the point of a product."""
    return decimal.Decimal(plain(decimal.Decimal(text)))


def nanos(exact):
    rounded = exact.quantize(decimal.Decimal('1e-9'), decimal.ROUND_HALF_UP)
    count = int(rounded.scaleb(9))
    return str(count) if -2**63 <= count < 2**63 else '!'


def main():
    print('# Made by make-decimal-vectors.py. operation, operands, result ("!": refused)')
    for _ in range(60):
        text = number()
        print('parse', text, plain(decimal.Decimal(text)))
    for _ in range(60):
        text = number()
        print('nanos', text, nanos(decimal.Decimal(text)))
    for unit in ('0', '1', '12345', '9223372036'):
        for rest in ('499999999', '5', '500000000', '500000001', '0', '999999999'):
            for sign in ('', '-'):
                text = sign + unit + '.854775806' + rest
                print('nanos', text, nanos(decimal.Decimal(text)))
    for name, operation in (('add', lambda a, b: a + b), ('subtract', lambda a, b: a - b),
                            ('multiply', lambda a, b: a * b), ('compare', lambda a, b: a.compare(b))):
        for _ in range(45):
            a, b = number(), number()
            if name == 'compare' and random.random() < 0.3:
                b = a + ('0' if '.' in a and len(a) < 30 else '')
            print(name, a, b, plain(operation(value(a), value(b))))


main()
