"""A city's map is drawn from its own lines; sites stand where they are."""

import pytest

from fumikura.kernel.refusals import NotPermitted, Refused
from fumikura.organisation import services
from fumikura.organisation.maps import frame_of, lines_of
from fumikura.organisation.models import MapLine
from tests.cast import AT, acting, chuo

OWNER = acting("organisation.configure")
RIVER = {
    "type": "FeatureCollection",
    "features": [
        {"type": "Feature", "properties": {"kind": "water", "name": "水瀬川"},
         "geometry": {"type": "LineString", "coordinates": [[150.0, 30.0], [150.1, 30.1]]}},
        {"type": "Polygon", "coordinates": [[[150.0, 30.0], [150.2, 30.0], [150.2, 30.2], [150.0, 30.0]]]},
        {"type": "Feature", "properties": None, "geometry": {"type": "Point", "coordinates": [150.0, 30.0]}},
    ],
}  # fmt: skip


def test_lines_and_areas_are_read_and_points_are_left_out() -> None:
    assert [(line.kind, line.name, len(line.points)) for line in lines_of(RIVER)] == [
        ("water", "水瀬川", 2),
        ("edge", "", 4),
    ]


def test_north_is_up_and_everything_is_inside_the_frame() -> None:
    frame = frame_of([(150.0, 30.0), (150.1, 30.1)])
    assert frame
    south_west, north_east = frame.at((150.0, 30.0)), frame.at((150.1, 30.1))
    assert 0 < south_west[0] < north_east[0] < 1000
    assert 0 < north_east[1] < south_west[1] < frame.height
    assert frame.back(*north_east) == pytest.approx((150.1, 30.1), abs=1e-3)
    assert frame_of([]) is None
    assert frame_of([(150.0, 30.0)])


@pytest.mark.django_db
def test_a_map_is_replaced_as_a_whole_or_not_at_all() -> None:
    services.draw_map(RIVER, by=OWNER, at=AT)
    for wrong in ("x", {}, {"type": "LineString", "coordinates": [[999, 0]]}, {"type": "LineString", "coordinates": 3}):
        with pytest.raises(Refused):
            services.draw_map(wrong, by=OWNER, at=AT)
    assert MapLine.objects.count() == 2
    with pytest.raises(NotPermitted):
        services.draw_map(RIVER, by=acting(), at=AT)


@pytest.mark.django_db
def test_a_site_is_put_on_the_map_and_taken_off() -> None:
    placed = services.place_on_map(facility=chuo(), latitude=30.05, longitude=150.05, by=OWNER, at=AT)
    assert placed.latitude == 30.05
    with pytest.raises(Refused):
        services.place_on_map(facility=placed, latitude=91, longitude=150, by=OWNER, at=AT)
    with pytest.raises(Refused):
        services.place_on_map(facility=placed, latitude=30, longitude=None, by=OWNER, at=AT)
    services.place_on_map(facility=placed, latitude=None, longitude=None, by=OWNER, at=AT)
    placed.refresh_from_db()
    assert placed.longitude is None
