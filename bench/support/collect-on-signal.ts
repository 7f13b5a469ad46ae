/** Preloaded into a server whose memory is measured (`--import`): SIGUSR2 collects its garbage. */
process.on('SIGUSR2', () => {
  globalThis.gc?.();
});
