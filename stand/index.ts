// Вход стенда для проверок и замеров: те же части, что поднимает npm start.
export type { PartName } from './src/parts.ts';
export type { StandFile } from './src/stand-file.ts';
export { StandError } from './src/stand-error.ts';
export { type Stand, type StandOptions, startStand } from './src/start-stand.ts';
