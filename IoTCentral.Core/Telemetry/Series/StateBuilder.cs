namespace IoTCentral.Core.Telemetry.Series;

/// <summary>Makes one series' values, which come in the order of time, into stretches of equal value, the newest of them.</summary>
public sealed class StateBuilder(int maxStretches)
{
    private readonly LinkedList<StateStretch> _stretches = new();

    public void Add(DateTimeOffset time, string value)
    {
        if (_stretches.Last is { } last)
        {
            last.Value = last.Value with { To = time };
            if (last.Value.Value == value)
                return;
        }
        _stretches.AddLast(new StateStretch(time, time, value));
        if (_stretches.Count > maxStretches)
            _stretches.RemoveFirst();
    }

    public IReadOnlyList<StateStretch> Build() => [.. _stretches];
}
