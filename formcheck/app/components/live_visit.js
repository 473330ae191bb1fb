// The visit of this tab, kept over a reload. A copy of a tab has a copy of what it keeps, so a lock decides which of
// them has the visit; it is free again when its page is gone. Browsers that keep nothing for a page go without.
const VISIT_KEY = "formcheck:visit";

function keptVisit() {
  try {
    return sessionStorage.getItem(VISIT_KEY) || "";
  } catch {
    return "";
  }
}

function keepVisit(visit) {
  try {
    if (visit) sessionStorage.setItem(VISIT_KEY, visit);
    else sessionStorage.removeItem(VISIT_KEY);
  } catch {
    // the set then ends with its page
  }
}

class VisitLock {
  // Whether this tab has the visit now.
  take(visit) {
    if (this.visit === visit || !navigator.locks) return true;
    return new Promise((answer) => {
      const held = (lock) => {
        answer(Boolean(lock));
        if (!lock) return null;
        this.visit = visit;
        return new Promise((free) => (this.free = free));
      };
      navigator.locks.request(`formcheck:${visit}`, { ifAvailable: true }, held).catch(() => answer(true));
    });
  }

  letGo() {
    this.free?.();
    this.visit = this.free = null;
  }
}
