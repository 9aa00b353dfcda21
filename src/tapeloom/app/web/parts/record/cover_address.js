/** The address of a record's cover, `width` pixels wide and as high. */
export function coverAddress(id, width) {
  return `/v1/records/${id}/cover?width=${width}`;
}
