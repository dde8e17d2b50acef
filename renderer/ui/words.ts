/** The shared words, as the screen takes them. */
export {
  ASSURANCE_MEANING,
  ASSURANCE_WORD,
  count,
  countryName,
  LINK_IN_SENTENCE,
  LINK_VERDICT_WORD,
  LINK_WORD,
  plural,
  REPORTED_WORD,
  VERDICT_MEANING,
  VERDICT_WORD,
} from '../../shared/model/words.ts';
