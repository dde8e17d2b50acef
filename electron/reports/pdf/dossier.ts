import { pdfBoard } from './board.ts';
export const pdfDossier = pdfBoard;
