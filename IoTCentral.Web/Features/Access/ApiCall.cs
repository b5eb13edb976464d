using IoTCentral.Core.Access;
using Microsoft.AspNetCore.Authorization;

namespace IoTCentral.Web.Features.Access;

/// <summary>One call of the REST API, for the page that lists them.</summary>
/// <param name="Needs">The permission that the token's role must include.</param>
internal sealed record ApiCall(string Method, string Path, Permission Needs)
{
    /// <summary>Read from what is mapped, so that the list cannot be wrong.</summary>
    public static IReadOnlyList<ApiCall> Of(IEnumerable<EndpointDataSource> endpoints) =>
        [
            .. from endpoint in endpoints.SelectMany(e => e.Endpoints).OfType<RouteEndpoint>()
            let path = $"/{endpoint.RoutePattern.RawText?.Trim('/')}"
            where path.StartsWith("/api/", StringComparison.Ordinal)
            let policy = endpoint
                .Metadata.GetOrderedMetadata<IAuthorizeData>()
                .Select(a => a.Policy)
                .LastOrDefault(p => p is not null)
            where policy is not null
            from method in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? []
            orderby path, method
            select new ApiCall(method, path, Enum.Parse<Permission>(policy)),
        ];
}
