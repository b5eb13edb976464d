using System.Xml;
using AggregateKind = IoTCentral.Core.Telemetry.Series.Aggregate;

namespace IoTCentral.Web.Features.Downloads;

/// <summary>Values in steps instead of one by one.</summary>
/// <param name="Step">ISO 8601 duration, e.g. <c>PT5M</c>; null: one by one.</param>
/// <param name="Aggregate">Columns.</param>
internal sealed record ValueSteps(string? Step, string[] Aggregate)
{
    public bool TryRead(out TimeSpan? step, out IReadOnlyList<AggregateKind> aggregates)
    {
        (step, aggregates) = (null, []);
        if (Step is null)
            return true;
        try
        {
            step = XmlConvert.ToTimeSpan(Step);
        }
        catch (FormatException)
        {
            return false;
        }
        var read = new List<AggregateKind>();
        foreach (var name in Aggregate)
        {
            if (
                !Enum.TryParse<AggregateKind>(name, ignoreCase: true, out var one)
                || !Enum.IsDefined(one)
                || one == AggregateKind.TimeInState
            )
                return false;
            read.Add(one);
        }
        aggregates = read;
        return read.Count > 0;
    }
}
