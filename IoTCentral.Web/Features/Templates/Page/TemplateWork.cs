using IoTCentral.Core.Common;
using IoTCentral.Core.Templates;

namespace IoTCentral.Web.Features.Templates.Page;

/// <summary>
/// A template as it is stored, with edits on top that are not saved yet. They are kept as acts, so that each can be
/// undone and all be carried over to what somebody else has saved meanwhile.
/// </summary>
public sealed class TemplateWork(DeviceTemplate stored)
{
    private readonly List<(Func<DeviceTemplate, DeviceTemplate> Edit, DeviceTemplate Before)> _edits = [];

    public DeviceTemplate Stored { get; private set; } = stored;
    public DeviceTemplate Edited { get; private set; } = stored;
    public bool IsChanged => _edits.Count > 0;

    /// <exception cref="DomainException">The edit does not fit; nothing changed.</exception>
    public void Do(Func<DeviceTemplate, DeviceTemplate> edit)
    {
        var after = edit(Edited);
        if (ReferenceEquals(after, Edited))
            return;
        _edits.Add((edit, Edited));
        Edited = after;
    }

    public void Undo()
    {
        if (_edits.Count == 0)
            return;
        Edited = _edits[^1].Before;
        _edits.RemoveAt(_edits.Count - 1);
    }

    /// <summary>Puts the edits on another state of the template; why those that no longer fit were dropped.</summary>
    public IReadOnlyList<string> Rebase(DeviceTemplate fresh)
    {
        var edits = _edits.Select(e => e.Edit).ToList();
        _edits.Clear();
        Stored = Edited = fresh;
        var dropped = new List<string>();
        foreach (var edit in edits)
        {
            try
            {
                Do(edit);
            }
            catch (DomainException e)
            {
                dropped.Add(e.Message);
            }
        }

        return dropped;
    }

    /// <summary>The edits are saved, or not wanted any more.</summary>
    public void Settle(DeviceTemplate saved)
    {
        _edits.Clear();
        Stored = Edited = saved;
    }
}
