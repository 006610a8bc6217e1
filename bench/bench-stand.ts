// Стенд целиком для замеров всего пути.
export interface BenchStand {
  readonly ingesterUrl: string;
  readonly queryUrl: string;
  readonly pids: readonly number[];
  token(): Promise<string>;
  stop(): Promise<void>;
}
export async function startBenchStand(_home: string): Promise<BenchStand> {
  throw new Error('стенда ещё нет');
}
