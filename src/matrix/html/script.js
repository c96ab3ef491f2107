'use strict';
(() => {
  const form = document.querySelector('form.filter');
  const input = form.querySelector('input[type=search]');
  const boxes = [...form.querySelectorAll('input[type=checkbox]')];
  const shown = form.querySelector('.shown');
  const body = document.querySelector('table.models tbody');
  const rows = [...body.rows];

  const apply = () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    const verdicts = new Set(boxes.filter(box => box.checked).map(box => box.value));
    let count = 0;
    for (const row of rows) {
      const hit = verdicts.has(row.dataset.verdict) && words.every(word => row.dataset.words.includes(word));
      row.hidden = !hit;
      count += hit ? 1 : 0;
    }
    shown.textContent = count < rows.length ? `${count} of ${rows.length} models` : '';
  };

  const heads = [...document.querySelectorAll('table.models th')];
  heads.forEach((head, column) => {
    head.firstElementChild.addEventListener('click', () => {
      const down = head.getAttribute('aria-sort') === 'ascending';
      for (const other of heads) other.setAttribute('aria-sort', 'none');
      head.setAttribute('aria-sort', down ? 'descending' : 'ascending');
      const key = row => row.cells[column].dataset.key;
      const compare = (a, b) => key(a).localeCompare(key(b), 'en', { numeric: true });
      rows.sort((a, b) => (down ? compare(b, a) : compare(a, b)));
      body.append(...rows);
    });
  });

  form.hidden = false;
  form.addEventListener('submit', event => event.preventDefault());
  form.addEventListener('input', apply);
  document.addEventListener('keydown', event => {
    if (event.key === '/' && document.activeElement !== input) {
      event.preventDefault();
      input.focus();
    }
  });
})();
