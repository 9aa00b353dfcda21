export async function tab() { return () => {}; }
