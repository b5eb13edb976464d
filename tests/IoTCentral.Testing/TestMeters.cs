using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace IoTCentral.Testing;

/// <summary>Makes meters, and adds up or keeps what they tell.</summary>
public sealed class TestMeters : IMeterFactory
{
    private readonly List<Meter> _meters = [];
    private readonly ConcurrentDictionary<string, double> _values = new();
    private readonly MeterListener _listener;

    public TestMeters()
    {
        _listener = new()
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (_meters.Contains(instrument.Meter))
                    listener.EnableMeasurementEvents(instrument);
            },
        };
        _listener.SetMeasurementEventCallback<long>((i, value, tags, _) => Keep(i, value, tags));
        _listener.SetMeasurementEventCallback<int>((i, value, tags, _) => Keep(i, value, tags));
        _listener.SetMeasurementEventCallback<double>((i, value, tags, _) => Keep(i, value, tags));
        _listener.Start();
    }

    public Meter Create(MeterOptions options)
    {
        var meter = new Meter(options);
        _meters.Add(meter);
        return meter;
    }

    /// <summary>A counter's sum, or a gauge's value now; 0 where nothing was told.</summary>
    /// <param name="name">Of the instrument; where measurements have a tag, a space and the tag's value follow.</param>
    public double this[string name]
    {
        get
        {
            _listener.RecordObservableInstruments();
            return _values.GetValueOrDefault(name);
        }
    }

    public void Dispose()
    {
        _listener.Dispose();
        _meters.ForEach(m => m.Dispose());
    }

    private void Keep(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var name = tags.Length == 0 ? instrument.Name : $"{instrument.Name} {tags[0].Value}";
        if (instrument.IsObservable)
            _values[name] = value;
        else
            _values.AddOrUpdate(name, value, (_, sum) => sum + value);
    }
}
