/** What scores one model, in a process of its own. */
import "@ratchet/scoring/process";
