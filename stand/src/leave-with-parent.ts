// Подключается к процессу части раньше её кода (node --import): часть не переживает стенд, даже если он убит
// во время её запуска или она зависла при остановке. Порядочную остановку делает сама часть.

const PATIENCE_MS = 8_000;

if (process.send !== undefined) {
  const leave = () => setTimeout(() => process.exit(1), PATIENCE_MS).unref();
  if (process.connected) process.once('disconnect', leave);
  else leave();
  // Один слушатель не должен держать процесс живым.
  process.channel?.unref();
}
