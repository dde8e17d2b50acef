/**
 * The colours of paper: those of the light screen (renderer/ui/tokens.css), by the same names. A test holds them against each other. Each
 * status has its shape and word besides, so that a report can be read when it is printed in grey.
 */
export const INK = {
  surface1: '#f7f9fa',
  surface3: '#e3e8ed',
  paper: '#ffffff',
  text1: '#12181f',
  text2: '#3f4a56',
  text3: '#566270',
  line1: '#d6dde4',
  line2: '#76828f',
  trusted: '#00646b',
  trustedMark: '#007f86',
  failed: '#aa2600',
  failedMark: '#d23a0a',
  failedWash: '#faece6',
  stale: '#715000',
  staleMark: '#946a00',
  inconclusive: '#5a5272',
  inconclusiveMark: '#756c90',
} as const;
