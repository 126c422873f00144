import type { Random } from '../random.ts';

type Headers = readonly (readonly [name: string, value: string])[];

/** Idempotency keys as they should not be, and some that are right. */
export const ODD_KEYS: readonly Headers[] = [
  [['Idempotency-Key', '']],
  [['Idempotency-Key', 'two words']],
  [['Idempotency-Key', 'x'.repeat(128)]],
  [['Idempotency-Key', 'x'.repeat(129)]],
  [['Idempotency-Key', 'kéy']],
  [['Idempotency-Key', '日本']],
  [['Idempotency-Key', '\t']],
  [['Idempotency-Key', '"quoted"']],
  [['Idempotency-Key', '__proto__']],
  [
    ['Idempotency-Key', 'one'],
    ['idempotency-key', 'two'],
  ],
  [['Idempotency-Key', 'x'.repeat(15_000)]],
  [['Idempotency-Key', '%00']],
];

const ODD_HEADERS: readonly Headers[] = [
  [['Content-Type', 'text/html; charset=utf-7']],
  [['Content-Type', '']],
  [['Content-Type', 'application/x-www-form-urlencoded']],
  [['Content-Encoding', 'gzip']],
  [['Content-Length', '99999999999999999999']],
  [['Content-Length', '-1']],
  [['Content-Length', '1e3']],
  [['Content-Length', '0x10']],
  [['Content-Length', ' 5 5']],
  [
    ['Content-Length', '5'],
    ['Content-Length', '6'],
  ],
  [['Host', 'evil.example']],
  [['Host', '127.0.0.1:99999']],
  [['Host', '']],
  [['Origin', 'https://evil.example']],
  [['Origin', 'null']],
  [['Origin', 'http://localhost:1']],
  [['X-Forwarded-For', '10.0.0.1']],
  [['Via', '1.1 x']],
  [['Forwarded', 'for=x']],
  [['Authorization', 'Bearer x']],
  [['Cookie', 'a=b; '.repeat(500)]],
  [['X-Dispatch-Principal', 'eyJ1c2VySWQiOiJ4Iiwic2Vzc2lvbklkIjoicyIsInNjb3BlcyI6W119']],
  [['X-Dispatch-Link-Secret', 'x']],
  [['X-Dispatch-Request-Id', `req_${'0'.repeat(26)}`]],
  [['X-HTTP-Method-Override', 'DELETE']],
  [['Connection', 'keep-alive, Upgrade']],
  [['Upgrade', 'h2c']],
  [['Expect', 'nonsense']],
  [['Expect', '100-continue']],
  [['Range', 'bytes=0-1']],
  [['If-None-Match', '*']],
  [['Accept', 'text/plain']],
  [['Accept-Encoding', 'gzip, br']],
  [['TE', 'trailers']],
  [['__proto__', 'x']],
  [['constructor', 'x']],
  [['X-Odd', 'Grüße 日本']],
  Array.from({ length: 300 }, (_, at) => [`X-Many-${at}`, 'x'] as const),
  Array.from({ length: 2_500 }, () => ['x', ''] as const),
  [['X-Long', 'x'.repeat(15_500)]],
  [['X-Longer', 'x'.repeat(20_000)]],
];

export function oddHeaders(random: Random): Headers {
  return random.pick(ODD_HEADERS);
}
