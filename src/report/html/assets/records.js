// The list of all records.

const listed = new RecordList('Records');
byId('records').append(listed.whole, element('p', { id: 'no-records', className: 'quiet' },
  'No record matches.'));

function showRecords(numbers) {
  listed.show(numbers);
  byId('no-records').hidden = numbers.length > 0;
}

