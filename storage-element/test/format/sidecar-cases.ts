// Описания, по одному на каждую странность, которую формат обязан пережить: имя файла → описание.
import { FILENAME_BYTES_MAX, METADATA_BYTES_MAX } from '@artstore/contracts';
import type { StoredFile } from '../../src/files/file.ts';

const PLAIN: StoredFile = {
  fileId: 'f0f0f0f0-0000-4000-8000-000000000001',
  originalFilename: 'отчёт.txt',
  contentType: 'text/plain; charset=utf-8',
  size: 12_345,
  checksum: 'a1'.repeat(32),
  uploadedBy: 'приём',
  uploadedAt: '2026-11-23T12:00:00.000Z',
  description: 'Квартальный отчёт',
  tags: ['отчёт', '2026'],
  metadata: { project: 'альфа', pages: 12 },
  status: 'active',
  retentionPolicy: 'temporary',
  ttlDays: 30,
  expiresAt: '2026-12-23T12:00:00.000Z',
  deletedAt: null,
  version: 1,
  revision: 7,
};

const PERMANENT = { retentionPolicy: 'permanent', ttlDays: null, expiresAt: null } as const;

export const SIDECAR_CASES: Readonly<Record<string, StoredFile>> = {
  active: PLAIN,
  permanent: { ...PLAIN, ...PERMANENT },
  expired: { ...PLAIN, status: 'expired', version: 2 },
  deleted: { ...PLAIN, status: 'deleted', deletedAt: '2026-11-24T00:00:00.001Z', version: 3 },
  corrupted: { ...PLAIN, ...PERMANENT, status: 'corrupted' },
  missing: { ...PLAIN, status: 'missing' },
  empty: { ...PLAIN, size: 0, description: '', tags: [], metadata: {} },
  'odd-names': {
    ...PLAIN,
    // Имя в предел; кавычки, косые, эмодзи из нескольких знаков, разделители строк и половинка знака.
    originalFilename: 'я'.repeat(FILENAME_BYTES_MAX >> 1).concat('.'),
    description: '"кавычки" \\ / 👩‍👩‍👧‍👦 \u2028\u2029 \u00a0 \ud800 <script>',
    tags: ['__proto__', 'constructor', '', '﷽'],
    uploadedBy: 'e\u0301 é',
  },
  'proto-metadata': {
    ...PLAIN,
    metadata: JSON.parse(
      '{"__proto__":{"polluted":true},"constructor":null,"toString":"нет","hasOwnProperty":[1,{"__proto__":0}]}',
    ) as StoredFile['metadata'],
  },
  'metadata-order-and-numbers': {
    ...PLAIN,
    metadata: JSON.parse(
      '{"б":1,"а":2,"10":3,"9":4,"дробь":0.1,"малое":1e-7,"большое":9007199254740991,"минус":-0.5,"пусто":null,"вложено":[[],{},[{"x":true}]]}',
    ) as StoredFile['metadata'],
  },
  'biggest-metadata': { ...PLAIN, metadata: { fill: 'x'.repeat(METADATA_BYTES_MAX - '{"fill":""}'.length) } },
  'biggest-numbers': {
    ...PLAIN,
    size: Number.MAX_SAFE_INTEGER,
    version: Number.MAX_SAFE_INTEGER,
    revision: Number.MAX_SAFE_INTEGER,
    ttlDays: 3650,
  },
};
