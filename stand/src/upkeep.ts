// Мелкая забота о работающем стенде: журналы не разрастаются, сертификаты не истекают.
import { ensureCertificates } from './certificates.ts';
import type { HomeLayout } from './home-layout.ts';
import { rotateLog } from './part-log.ts';
import { ELEMENTS, MODULE_NAMES } from './parts.ts';

const LOGS_EVERY_MS = 60_000;
const CERTIFICATES_EVERY_MS = 12 * 60 * 60_000;

export function startUpkeep(layout: HomeLayout): { stop(): void } {
  // Неудача заботы (например, кончилось место) не повод останавливать стенд: следующий раз наступит.
  const logs = setInterval(() => {
    for (const file of [layout.postgresLog, ...MODULE_NAMES.map((name) => layout.log(name))])
      rotateLog(file).catch(() => undefined);
  }, LOGS_EVERY_MS);
  const certificates = setInterval(() => {
    ensureCertificates(
      layout,
      ELEMENTS.map(({ name }) => name),
    ).catch(() => undefined);
  }, CERTIFICATES_EVERY_MS);
  logs.unref();
  certificates.unref();
  return {
    stop() {
      clearInterval(logs);
      clearInterval(certificates);
    },
  };
}
