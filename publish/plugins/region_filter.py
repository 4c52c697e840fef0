"""Reports by region: a filter that takes in the divisions below, and a facet to choose it by."""

from datasette import hookimpl
from datasette.filters import FilterArguments

from gongkai.publish.facets.datasette_region import RegionFacet, condition
from gongkai.publish.wording.template_names import strings_of


@hookimpl
def filters_from_request(request, table, datasette):
    """Narrow reports to a region by ?_region=<code>."""
    code = request.args.get("_region")
    if not code or table != "reports":
        return None
    return FilterArguments(*condition(code, strings_of(datasette)))


@hookimpl
def register_facet_classes():
    """Count reports by region."""
    return [RegionFacet]
