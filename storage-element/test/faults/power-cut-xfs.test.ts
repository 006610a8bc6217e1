// Отключение питания под нагрузкой на XFS: подтверждённое переживает его, неподтверждённое — целиком или никак.
import { test } from 'node:test';
import { cutPowerUnderLoad, POWER_CUTS } from './cut-power.ts';

test(`до ${POWER_CUTS} отключений питания на XFS`, { timeout: 280_000 }, (t) => cutPowerUnderLoad(t, 'xfs'));
