using IoTCentral.Core.Common;

namespace IoTCentral.Web.Errors;

/// <summary>
/// Metadata of an endpoint: what its callers call the members that the services behind it name otherwise, such as
/// <c>displayName</c> for <c>name</c>.
/// </summary>
internal sealed class FaultNames(IReadOnlyDictionary<string, string> names)
{
    /// <summary>The same refusal with each fault under the name the caller knows.</summary>
    public InvalidRequestException Translate(InvalidRequestException refusal) =>
        refusal.Faults.Any(f => names.ContainsKey(f.Path))
            ? new(
                refusal.Code,
                [.. refusal.Faults.Select(f => f with { Path = names.GetValueOrDefault(f.Path, f.Path) })]
            )
            : refusal;
}

internal static class FaultNamesConvention
{
    /// <summary>Faults are told by the API's names of members: each pair is the service's name and the API's.</summary>
    public static T TellsFaultsAs<T>(this T endpoints, params ReadOnlySpan<(string Inside, string Outside)> names)
        where T : IEndpointConventionBuilder
    {
        var all = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (inside, outside) in names)
            all[inside] = outside;
        endpoints.Add(e => e.Metadata.Add(new FaultNames(all)));
        return endpoints;
    }
}
