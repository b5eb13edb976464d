using IoTCentral.Core.Common;

namespace IoTCentral.Core.Templates.Dtdl;

/// <summary>Collects what reading a template file finds out: faults and lines of the report.</summary>
internal sealed class DtdlLog
{
    // A hostile file could yield a fault for each of its bytes; nobody reads more than these.
    private const int MaxFaults = 100;
    private const int MaxLines = 5_000;

    private readonly List<Fault> _faults = [];
    private readonly List<ImportLine> _lines = [];

    public IReadOnlyList<Fault> Faults => _faults;
    public IReadOnlyList<ImportLine> Lines => _lines;
    public bool HasFaults => _faults.Count > 0;
    public bool IsFull => _faults.Count >= MaxFaults;

    public void Fault(string path, string message)
    {
        if (_faults.Count < MaxFaults)
            _faults.Add(new Fault(path, message));
    }

    public void Taken(string path, string text) => Add(ImportOutcome.Taken, path, text);

    public void Changed(string path, string text) => Add(ImportOutcome.Changed, path, text);

    public void LeftOut(string path, string text) => Add(ImportOutcome.LeftOut, path, text);

    public void Note(string path, string text) => Add(ImportOutcome.Note, path, text);

    private void Add(ImportOutcome outcome, string path, string text)
    {
        if (_lines.Count < MaxLines)
            _lines.Add(new ImportLine(outcome, path, text));
    }
}
