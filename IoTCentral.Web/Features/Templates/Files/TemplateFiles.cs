using System.Text;
using System.Text.RegularExpressions;
using IoTCentral.Core.Access;
using IoTCentral.Core.Templates;
using IoTCentral.Core.Templates.Dtdl;
using IoTCentral.Web.Security;
using IoTCentral.Web.Ui;

namespace IoTCentral.Web.Features.Templates;

/// <summary>What a template can be handed out as.</summary>
public enum TemplateFileForm
{
    /// <summary>IoT Central's deviceTemplate, with cloud properties and how things are shown.</summary>
    Template,

    /// <summary>The model alone as plain DTDL.</summary>
    Dtdl,

    /// <summary>The file it was imported from, byte for byte.</summary>
    Original,
}

/// <summary>Downloads of templates.</summary>
internal static partial class TemplateFiles
{
    public static void MapTemplateFiles(this IEndpointRouteBuilder routes) =>
        routes
            .MapGet("/apps/{app}/templates/{id}/file", GetAsync)
            .RequireAuthorization(nameof(Permission.ViewTemplates))
            .ExcludeFromDescription();

    /// <summary>The text in this form; null: there is none.</summary>
    public static string? Text(DeviceTemplate template, TemplateFileForm form) =>
        form switch
        {
            TemplateFileForm.Dtdl => DtdlWriter.Interface(template),
            TemplateFileForm.Original => template.Original,
            _ => DtdlWriter.DeviceTemplate(template, indented: true),
        };

    private static async Task<IResult> GetAsync(
        string app,
        string id,
        TemplateFileForm? form,
        ICallerSource callers,
        TemplateBook book,
        HttpContext context
    )
    {
        var ct = context.RequestAborted;
        if (context.User.PersonId() is not { } person)
            return Results.Forbid();
        var here = await callers.FindAsync(person, app, null, ct);
        if (here is null || await book.FindAsync(here.Caller, id, ct) is not { } template)
            return Results.NotFound();
        return Text(template, form ?? TemplateFileForm.Template) is { } text
            ? Results.File(Encoding.UTF8.GetBytes(text), "application/json", Name(template, form))
            : Results.NotFound();
    }

    private static string Name(DeviceTemplate template, TemplateFileForm? form)
    {
        var name = Odd().Replace(template.DisplayName, "-").Trim('-').ToLowerInvariant();
        var kind = form is TemplateFileForm.Dtdl ? "dtdl" : "template";
        return $"{(name.Length == 0 ? "device" : name)}-v{template.Version}.{kind}.json";
    }

    [GeneratedRegex("[^A-Za-z0-9]+", RegexOptions.NonBacktracking)]
    private static partial Regex Odd();
}
