using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace IoTCentral.Web.Api;

/// <summary>The machine-readable description of the API, <c>/openapi/v1.json</c>: for client generators and for people.</summary>
internal static class ApiDocument
{
    public const string Address = "/openapi/v1.json";
    private const string Scheme = "token";

    public static IServiceCollection AddApiDocument(this IServiceCollection services) =>
        services.AddOpenApi(
            "v1",
            document =>
            {
                document.ShouldInclude = call =>
                    call.RelativePath?.StartsWith("api/", StringComparison.Ordinal) is true;
                document.AddDocumentTransformer(DescribeAsync);
                document.AddOperationTransformer(DescribeAsync);
            }
        );

    /// <summary>Open to anybody: it says what the API is like and nothing of what is in it.</summary>
    public static void MapApiDocument(this IEndpointRouteBuilder routes) =>
        routes.MapOpenApi("/openapi/{documentName}.json").AllowAnonymous();

    private static Task DescribeAsync(
        OpenApiDocument document,
        OpenApiDocumentTransformerContext context,
        CancellationToken ct
    )
    {
        document.Info = new()
        {
            Title = "IoTCentral",
            Version = "v1",
            Description =
                "Devices, templates and connection groups of an application, shaped as IoT Central's REST API.",
        };
        document.Components ??= new();
        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>(StringComparer.Ordinal)
        {
            [Scheme] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.ApiKey,
                In = ParameterLocation.Header,
                Name = "Authorization",
                Description = "SharedAccessSignature sr=…&sig=…&skn=…&se=… as it was shown when the token was made.",
            },
        };
        document.Security = [new() { [new OpenApiSecuritySchemeReference(Scheme, document)] = [] }];
        return Task.CompletedTask;
    }

    private static Task DescribeAsync(
        OpenApiOperation operation,
        OpenApiOperationTransformerContext context,
        CancellationToken ct
    )
    {
        operation.Parameters ??= [];
        operation.Parameters.Add(
            Query("api-version", "Version of IoT Central's API the caller was written for, such as 2022-07-31.", true)
        );
        var takes = context
            .Description.ActionDescriptor.EndpointMetadata.OfType<System.Reflection.MethodInfo>()
            .FirstOrDefault();
        var types = takes?.GetParameters().Select(p => p.ParameterType).ToList() ?? [];
        if (types.Contains(typeof(PageQuery)))
        {
            operation.Parameters.Add(
                Query("maxpagesize", "Entries of a page, 1 to 100 (25 without it). $top means the same.")
            );
            operation.Parameters.Add(Query("$skiptoken", "From a nextLink."));
        }

        string? example =
            types.Contains(typeof(Features.Devices.DeviceListQuery)) ? "displayName eq 'Pump 1' and enabled eq true"
            : types.Contains(typeof(Features.Templates.TemplateListQuery)) ? "contains(displayName, 'Pump')"
            : null;
        if (example is not null)
        {
            operation.Parameters.Add(Query("filter", $"For example: {example}."));
            operation.Parameters.Add(Query("orderby", "displayName, or displayName desc."));
        }

        operation.Responses ??= [];
        operation.Responses["default"] = new OpenApiResponse
        {
            Description = "Not done: error.code says why in IoT Central's words, error.innererror.code in ours.",
        };
        return Task.CompletedTask;
    }

    private static OpenApiParameter Query(string name, string description, bool required = false) =>
        new()
        {
            Name = name,
            In = ParameterLocation.Query,
            Required = required,
            Description = description,
            Schema = new OpenApiSchema { Type = JsonSchemaType.String },
        };
}
