import { render } from "preact";
import { useEffect } from "preact/hooks";
import { LocationProvider, Route, Router, useLocation } from "preact-iso";
import type { Overview } from "./answers.ts";
import { connected, listen, useAnswer } from "./data.ts";
import { Nothing, Top } from "./parts.tsx";
import { BatchesPage } from "./views/batches.tsx";
import { DeadLettersPage } from "./views/dead-letters.tsx";
import { LetterPage } from "./views/letter.tsx";
import { ModelPage } from "./views/model.tsx";
import { OverviewView } from "./views/overview.tsx";
import { ArchivePage, AuditPage, OperationsPage, QueuesPage } from "./views/records.tsx";
import { RunsView } from "./views/runs.tsx";

const places = [
  ["/", "Overview"],
  ["/runs", "Runs"],
  ["/dead-letters", "Dead letters"],
  ["/operations", "Operations"],
  ["/archive", "Archive"],
  ["/queues", "Queues"],
  ["/audit", "Audit"],
] as const;

const isAt = (path: string, href: string): boolean => (href === "/" ? path === "/" : path.startsWith(href));

function Side() {
  const { path } = useLocation();
  const { value } = useAnswer<Overview>("/api/overview");
  return (
    <aside class="side">
      <a class="brand" href="/">
        <img src="/icon.svg" alt="" />
        Ratchet
      </a>
      <nav aria-label="Views">
        <ul>
          {places.map(([href, name]) => (
            <li key={href}>
              <a href={href} aria-current={isAt(path, href) ? "page" : undefined}>
                {name}
                {href === "/dead-letters" && value !== undefined && value.letters > 0 && (
                  <span class="tag bad">{value.letters.toLocaleString("en")}</span>
                )}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <p class="state" role="status">
        {connected.value ? "live" : "not connected; trying again"}
        {value && (
          <>
            <br />
            {value.by}, {value.local ? "this machine" : "Azure"}
          </>
        )}
      </p>
    </aside>
  );
}

const Nowhere = () => (
  <>
    <Top title="Nothing here" />
    <Nothing>
      There is no view at this address. <a href="/">Overview</a>
    </Nothing>
  </>
);

function Console() {
  useEffect(listen, []);
  return (
    <LocationProvider>
      <a class="skip" href="#content">
        To the content
      </a>
      <div class="frame">
        <Side />
        <main id="content">
          <Router>
            <Route path="/" component={OverviewView} />
            <Route path="/runs" component={RunsView} />
            <Route path="/models/:model" component={ModelPage} />
            <Route path="/models/:model/batches" component={BatchesPage} />
            <Route path="/dead-letters" component={DeadLettersPage} />
            <Route path="/dead-letters/:id" component={LetterPage} />
            <Route path="/operations" component={OperationsPage} />
            <Route path="/archive" component={ArchivePage} />
            <Route path="/queues" component={QueuesPage} />
            <Route path="/audit" component={AuditPage} />
            <Route default component={Nowhere} />
          </Router>
        </main>
      </div>
    </LocationProvider>
  );
}

const place = document.getElementById("app");
if (place) render(<Console />, place);
