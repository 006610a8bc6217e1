// Задание генератору нагрузки и его отчёт: то, что проходит между процессами.

export interface LoadPlan {
  /**
   * put — тело как есть; upload — multipart Ingester; get — тело читается и отбрасывается;
   * post — малое тело `text`, в котором `{id}` заменяется новым UUID.
   * `{id}` в адресе заменяется новым UUID (put) или очередным из ids (get).
   */
  readonly kind: 'put' | 'upload' | 'get' | 'post';
  readonly url: string;
  readonly ca?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly bodyBytes: number;
  /** Ответы get разной длины: с bodyBytes их не сверяют. */
  readonly lengthVaries?: true;
  /** Тело запроса post. */
  readonly text?: string;
  readonly connections: number;
  /** Остановиться после стольких запросов… */
  readonly requestsMax: number;
  /** …или по истечении времени, что раньше. */
  readonly durationMs: number;
  readonly ids?: readonly string[];
  /** Сумма тела: с ней сверяется поле checksum ответа. */
  readonly checksum?: string;
}

export interface LoadReport {
  readonly requests: number;
  readonly bytes: number;
  readonly seconds: number;
  readonly failures: number;
  readonly firstFailure?: string;
  /** Что именно создано: идентификаторы для следующих чтений. */
  readonly ids: readonly string[];
}
