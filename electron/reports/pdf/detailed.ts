import { pdfBoard } from './board.ts';
export const pdfDetailed = pdfBoard;
