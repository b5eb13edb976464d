using IoTCentral.Core.Telemetry;
using IoTCentral.Web.Api;

namespace IoTCentral.Web.Features.LiveTelemetry;

/// <summary>
/// Gathers samples until the next frame: each of them, or the newest of each telemetry. Bounded: beyond
/// <see cref="MostSamples"/> the oldest go.
/// </summary>
internal sealed class FrameMaker(FollowRequest request)
{
    /// <summary>Some 10 MB as JSON before it has gone to the reader.</summary>
    public const int MostSamples = 50_000;

    private readonly HashSet<(string, string)>? _wanted = request.Telemetry is { Count: > 0 } telemetry
        ? [.. telemetry.Select(t => (t.Component ?? "", t.Name))]
        : null;
    private readonly Lock _lock = new();
    private readonly Dictionary<(long, string, string), LinkedListNode<Sample>> _places = [];
    private readonly LinkedList<Sample> _samples = [];
    private long _dropped;

    public void Add(IReadOnlyList<CommittedMessage> messages)
    {
        lock (_lock)
        {
            foreach (var message in messages)
                Gather(message);
        }
    }

    /// <summary>All that has been gathered, oldest first; empty: nothing.</summary>
    public LiveFrame Take(long dropped)
    {
        lock (_lock)
        {
            LiveSample[] samples = [.. _samples.Select(s => s.Shown())];
            _samples.Clear();
            _places.Clear();
            return new(samples, dropped + _dropped);
        }
    }

    private void Gather(CommittedMessage committed)
    {
        var message = committed.Message;
        // a repeat is no news, and a clock that is ahead would hide what comes after it
        if ((message.Flags & (MessageFlags.Repeat | MessageFlags.ClockAhead)) != MessageFlags.None)
            return;
        foreach (var point in committed.Points)
        {
            if (_wanted is null || _wanted.Contains((message.Component, point.Name)))
                Put(new(message.DeviceKey, message.DeviceId, message.Component, point, message.MessageTime));
        }
    }

    private void Put(Sample sample)
    {
        if (request.Mode == FollowMode.Latest)
        {
            var key = (sample.DeviceKey, sample.Component, sample.Point.Name);
            if (_places.TryGetValue(key, out var place))
            {
                if (place.Value.Time > sample.Time)
                    return;
                _samples.Remove(place);
            }
            _places[key] = _samples.AddLast(sample);
        }
        else
        {
            _samples.AddLast(sample);
        }
        if (_samples.Count <= MostSamples)
            return;
        var oldest = _samples.First!.Value;
        _samples.RemoveFirst();
        _places.Remove((oldest.DeviceKey, oldest.Component, oldest.Point.Name));
        _dropped++;
    }

    private readonly record struct Sample(
        long DeviceKey,
        string DeviceId,
        string Component,
        Point Point,
        DateTimeOffset Time
    )
    {
        public LiveSample Shown() => new(DeviceId, Component, Point.Name, PointValue.Of(Point), Time);
    }
}
