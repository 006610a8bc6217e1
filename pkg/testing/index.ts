// Вход пакета: небольшие настоящие вещи для тестов. Вне тестов его никто не импортирует.
export { asRole } from './as-role.ts';
export { freePort } from './free-port.ts';
export { freePortShift } from './free-port-shift.ts';
export { type TestCertificate, makeCertificate } from './make-certificate.ts';
export { temporaryDirectory } from './temporary-directory.ts';
export { testDatabase } from './test-database.ts';
export { waitUntil } from './wait-until.ts';
