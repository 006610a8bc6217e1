/** Обещание движка нарушено: что увидено и что было возможно. */
export class PromiseBroken extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'PromiseBroken';
  }
}
