namespace IoTCentral.Core.Telemetry.Series;

/// <summary>Takes several series together, bucket by bucket.</summary>
public sealed class GroupBuilder(SeriesQuery query)
{
    private readonly SortedDictionary<long, BucketSums> _buckets = [];

    public void Add(SeriesBuilder series)
    {
        foreach (var bucket in series.Sums())
        {
            if (!_buckets.TryGetValue(bucket.Start, out var sums))
                _buckets[bucket.Start] = sums = new(bucket.Start, bucket.Detail is null ? null : new());
            sums.Add(bucket);
        }
    }

    public IReadOnlyList<SeriesBucket> Build() => Filling.Fill([.. _buckets.Values.Select(b => b.Build())], query);
}
