// Puts it together.

if (answered) {
  document.documentElement.classList.add('answering');
  byId('approvals').hidden = false;
  byId('then').hidden = false;
  byId('plan-sha256').textContent = answered.plan.sha256;
  byId('plan-made').textContent = answered.made;
  planned.forEach(arm);
  answers.listeners.push(drawAnswers);
  byId('answers').addEventListener('submit', event => {
    event.preventDefault();
    download();
  });
  byId('tick-all').addEventListener('change', event => {
    const places = notRefused().map(host => host.place);
    answers.setHosts(places, event.target.checked ? APPROVE : undefined);
  });
  addEventListener('beforeunload', event => {
    if (!answers.saved) event.preventDefault();
  });
}
filter();
