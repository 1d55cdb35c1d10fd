import { RuleSyntaxError } from "./errors.ts";
import { describe, type Keyword, type Token, tokenize } from "./tokenizer.ts";

/** The service's quota for the text of a filter or an action; it bounds how deep an expression can nest, too. */
const maxLength = 1024;

/** Walks over the tokens of one SQL text; every expectation that fails says where and what was expected. */
export class TokenReader {
  readonly #source: string;
  readonly #tokens: readonly Token[];
  #position = 0;

  /** @throws {RuleSyntaxError} when the text is too long, or something in it is no token of the grammar. */
  constructor(source: string) {
    if (source.length > maxLength) {
      throw new RuleSyntaxError(source, maxLength, `at most ${maxLength} characters`, `${source.length} characters`);
    }
    this.#source = source;
    this.#tokens = tokenize(source);
  }

  peek(ahead = 0): Token {
    const token = this.#tokens[Math.min(this.#position + ahead, this.#tokens.length - 1)];
    if (token === undefined) throw new Error("A token list always ends with an end token.");
    return token;
  }

  next(): Token {
    const token = this.peek();
    this.#position += 1;
    return token;
  }

  isKeyword(keyword: Keyword, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token.kind === "keyword" && token.keyword === keyword;
  }

  isSymbol(symbol: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token.kind === "symbol" && token.symbol === symbol;
  }

  /** Consumes the keyword if it is next. */
  takeKeyword(keyword: Keyword): boolean {
    const found = this.isKeyword(keyword);
    if (found) this.next();
    return found;
  }

  takeSymbol(symbol: string): boolean {
    const found = this.isSymbol(symbol);
    if (found) this.next();
    return found;
  }

  /** @throws {RuleSyntaxError} when another token is next. */
  expectKeyword(keyword: Keyword): void {
    if (!this.takeKeyword(keyword)) throw this.expected(keyword);
  }

  /** @throws {RuleSyntaxError} when another token is next. */
  expectSymbol(symbol: string): void {
    if (!this.takeSymbol(symbol)) throw this.expected(`"${symbol}"`);
  }

  /** The error for `token` (by default the next one) where `what` should stand. */
  expected(what: string, token: Token = this.peek()): RuleSyntaxError {
    return new RuleSyntaxError(this.#source, token.start, what, describe(token));
  }
}
