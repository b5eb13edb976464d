using IoTCentral.Core.Common;

namespace IoTCentral.Web.Ui;

/// <summary>What the last attempt to save found wrong, by field; handed to <see cref="UiErrors.TryAsync"/>.</summary>
public sealed class FormFaults
{
    private readonly HashSet<string> _asked = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _groups = new(StringComparer.OrdinalIgnoreCase);
    private IReadOnlyList<Fault> _faults = [];

    public bool Any => _faults.Count > 0;

    /// <summary>The message for the field with this path, or null. Asking makes the field known to <see cref="Rest"/>.</summary>
    public string? this[string path]
    {
        get
        {
            _asked.Add(path);
            return _faults.FirstOrDefault(f => string.Equals(f.Path, path, StringComparison.OrdinalIgnoreCase)).Message;
        }
    }

    /// <summary>
    /// The messages for all below this path (<c>conditions[0]</c> holds <c>conditions[0].value</c>), for a line of
    /// several inputs; null when there are none.
    /// </summary>
    public string? Under(string path)
    {
        _groups.Add(path);
        var messages = _faults.Where(f => IsUnder(f.Path, path)).Select(f => f.Message).Distinct();
        return string.Join(' ', messages) is { Length: > 0 } text ? text : null;
    }

    /// <summary>Faults that no field of the form shows; for an alert above it.</summary>
    public IReadOnlyList<Fault> Rest =>
        [.. _faults.Where(f => !_asked.Contains(f.Path) && !_groups.Any(g => IsUnder(f.Path, g)))];

    private static bool IsUnder(string path, string group) =>
        path.StartsWith(group, StringComparison.OrdinalIgnoreCase)
        && (path.Length == group.Length || path[group.Length] is '.' or '[');

    public void Clear() => _faults = [];

    public void Set(IReadOnlyList<Fault> faults) => _faults = faults;

    /// <summary>A fault found on the page itself, before anything was sent.</summary>
    public void Add(string path, string message) => _faults = [.. _faults, new Fault(path, message)];
}
