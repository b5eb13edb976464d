using IoTCentral.Core.Rules.Engine;
using IoTCentral.Core.Telemetry;
using IoTCentral.Core.Telemetry.Series;

namespace IoTCentral.Core.Rules;

/// <summary>One back-test under way: evaluators of some devices at a time, and what they found so far.</summary>
internal sealed class Replay(LiveRule rule, RuleVocabulary vocabulary, DateTimeOffset from, DateTimeOffset to)
{
    // As many as a chart draws well.
    private const int MaxPoints = 2_000;

    private readonly List<BackTestEpisode> _episodes = [];
    private readonly Dictionary<long, List<(long Ticks, double Value)>> _points = [];
    private readonly TelemetryCondition? _charted = rule
        .Rule.Definition.Conditions.OfType<TelemetryCondition>()
        .FirstOrDefault();
    private Dictionary<long, Tested> _current = [];
    private int _tested;
    private int _withoutLimit;
    private bool _isCut;

    public DateTimeOffset From => from;
    public DateTimeOffset To => to;
    public long Messages { get; private set; }
    public bool NeedsConnections => rule.Rule.Definition.Conditions.Any(c => c is DisconnectedCondition);

    public void Begin(IReadOnlyList<DeviceFacts> devices)
    {
        _current = devices.ToDictionary(d => d.Key, d => new Tested(rule.Compiled, d));
        _tested += devices.Count;
        _withoutLimit += devices.Count(LacksLimit);
    }

    public void Connections(IReadOnlyList<ConnectionNews> news)
    {
        var byDevice = _current.Values.ToDictionary(t => t.Device.Id);
        foreach (var n in news)
        {
            if (byDevice.TryGetValue(n.DeviceId, out var tested))
                tested.News.Enqueue(n);
        }
    }

    public void Add(DeviceMessage message)
    {
        Messages++;
        if (!_current.TryGetValue(message.DeviceKey, out var tested))
            return;
        tested.Tell(message.MessageTime);
        var committed = CommittedLog.Read([OnTime(message)])[0];
        tested.Evaluator.OnMessage(committed);
        Note(tested);
        Chart(tested, committed);
    }

    public void CutShort() => _isCut = true;

    public void End()
    {
        foreach (var tested in _current.Values)
        {
            if (!_isCut)
            {
                tested.Tell(to);
                tested.Evaluator.OnClock(to);
            }

            Note(tested);
            if (tested.Open is { } open)
                _episodes.Add(Episode(tested, open, null, tested.Evaluator.Observe()));
        }

        _current = [];
    }

    public BackTestResult Result(IReadOnlyList<DeviceFacts> matching, long? wanted)
    {
        var fired = _episodes.Select(e => e.DeviceKey).ToHashSet();
        var candidates = matching.Take(_tested).OrderByDescending(d => fired.Contains(d.Key)).ThenBy(d => d.Name);
        var shown = candidates.ToList();
        return new()
        {
            From = from,
            To = to,
            Devices = matching.Count,
            TestedDevices = _tested,
            Messages = Messages,
            IsSample = _isCut || _tested < matching.Count,
            WithoutLimit = _withoutLimit,
            Episodes = [.. _episodes.OrderBy(e => e.From)],
            Candidates = shown,
            Series = Series(shown.Find(d => d.Key == wanted) ?? (shown.Count > 0 ? shown[0] : null)),
        };
    }

    /// <summary>As if it had arrived at its own time: a back-fill or a late upload is judged where it belongs.</summary>
    private static DeviceMessage OnTime(DeviceMessage message) =>
        message.Received == message.MessageTime
            ? message
            : new()
            {
                Tenant = message.Tenant,
                DeviceKey = message.DeviceKey,
                DeviceId = message.DeviceId,
                Received = message.MessageTime,
                MessageTime = message.MessageTime,
                Component = message.Component,
                Body = message.Body,
                Flags = message.Flags,
                Position = message.Position,
            };

    private void Note(Tested tested)
    {
        foreach (var transition in tested.Evaluator.TakeTransitions())
        {
            if (transition.IsOpen)
                tested.Open = transition;
            else if (tested.Open is { } open)
            {
                _episodes.Add(Episode(tested, open, transition.At, transition.Observations));
                tested.Open = null;
            }
        }
    }

    private BackTestEpisode Episode(
        Tested tested,
        RuleTransition open,
        DateTimeOffset? end,
        IReadOnlyList<Observation> last
    ) =>
        new()
        {
            DeviceKey = tested.Device.Key,
            DeviceId = tested.Device.Id,
            DeviceName = tested.Device.Name,
            From = open.At,
            To = end,
            Facts = FactWriter.Update(FactWriter.Write(rule.Rule.Definition, vocabulary, open.Observations), last),
        };

    private void Chart(Tested tested, CommittedMessage message)
    {
        if (_charted is null || message.Message.Flags.HasFlag(MessageFlags.ClockAhead))
            return;
        var condition = rule.Compiled.Conditions.First(c => c.Condition == _charted);
        if (_charted.Aggregate is not null)
        {
            var seen = tested.Evaluator.Observe()[condition.Index];
            if (seen is { Value.Number: var value, At: { } at } && at != tested.ChartedTo)
                PointsOf(tested).Add((at.UtcTicks, value));
            tested.ChartedTo = seen.At;
            return;
        }

        if (condition.Component != message.Message.Component)
            return;
        foreach (ref readonly var point in message.Points.AsSpan())
        {
            if (condition.TryTake(point, out var value) && value.Kind != PointKind.Text)
                PointsOf(tested).Add((message.Message.MessageTime.UtcTicks, value.Number));
        }
    }

    private List<(long Ticks, double Value)> PointsOf(Tested tested)
    {
        if (!_points.TryGetValue(tested.Device.Key, out var points))
            _points[tested.Device.Key] = points = [];
        return points;
    }

    private BackTestSeries? Series(DeviceFacts? device)
    {
        if (_charted is null || device is null || !_points.TryGetValue(device.Key, out var points))
            return null;
        var sentence = new RuleSentence(vocabulary, RuleTexts.English);
        return new()
        {
            DeviceKey = device.Key,
            DeviceName = device.Name,
            Label = sentence.Signal(_charted, rule.Rule.Definition),
            Unit = sentence.TermOf(_charted).Unit,
            Points =
            [
                .. Thinning
                    .MinMax(points, MaxPoints)
                    .Select(p => (new DateTimeOffset(p.Ticks, TimeSpan.Zero), p.Value)),
            ],
            Limit = LimitOf(_charted, device) is { Kind: PointKind.Number } limit ? limit.Number : null,
        };
    }

    private static RuleValue? LimitOf(ValueCondition condition, DeviceFacts device) =>
        condition.LimitKey is not { } key ? condition.Value
        : device.Properties.TryGetValue(key, out var stored) ? RuleValue.Read(stored, PointKind.Number)
        : null;

    private bool LacksLimit(DeviceFacts device) =>
        rule
            .Rule.Definition.Conditions.OfType<ValueCondition>()
            .Any(c => c.LimitKey is { } key && !device.Properties.ContainsKey(key));

    /// <summary>A device under test.</summary>
    private sealed class Tested
    {
        public Tested(CompiledRule rule, DeviceFacts device)
        {
            Device = device;
            // What is so today was not so then.
            Evaluator = new(rule, device with { LastHeard = null, DisconnectedAt = null });
        }

        public DeviceFacts Device { get; }
        public RuleEvaluator Evaluator { get; }
        public Queue<ConnectionNews> News { get; } = new();
        public RuleTransition? Open { get; set; }
        public DateTimeOffset? ChartedTo { get; set; }

        public void Tell(DateTimeOffset until)
        {
            while (News.TryPeek(out var news) && news.At <= until)
            {
                News.Dequeue();
                Evaluator.OnConnection(news.IsConnected ? null : news.At, news.At);
            }
        }
    }
}
